import { contentEndpoints } from './content/routes';
import type { Endpoint } from './endpoint';
import { openapiEndpoints } from './openapi/routes';
import { rembgEndpoints } from './rembg/routes';

/** All of `/api/cutout/…`. */
export const endpoints: readonly Endpoint[] = [...contentEndpoints, ...rembgEndpoints, ...openapiEndpoints];
