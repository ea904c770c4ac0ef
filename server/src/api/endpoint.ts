import type { z } from 'zod';
import type { Config } from '../config/schema';
import type { ErrorCode } from '../errors';

/** What one status of an endpoint comes with. */
export interface Answer {
  description: string;
  /** Media type; JSON when left out. */
  type?: string;
  /** Without one there is no body. */
  schema?: z.ZodType;
  /** By name. */
  examples?: Readonly<Record<string, unknown>>;
  headers?: readonly HeaderName[];
}

export type HeaderName = 'Retry-After' | 'Location' | 'Cache-Control' | 'ETag';

/**
 * One route with all that is told of it: Strapi's router is made of these, and so is the OpenAPI document. The schemas are
 * those that its controller reads with and answers by.
 */
export interface Endpoint {
  method: 'GET' | 'POST' | 'DELETE';
  /** As Strapi's router takes it, without the plugin's own part. */
  path: string;
  handler: string;
  /**
   * Who may call: whom Strapi's permissions let in, unless it says otherwise. `key`: the controller asks for an API token in
   * `x-api-key`. `open`: everybody.
   */
  access?: 'key' | 'open';
  /** Whether this configuration has it; always when left out. */
  when?: (config: Config) => boolean;
  tag: 'Files' | 'Jobs' | 'Metrics' | 'Rembg' | 'Documents';
  summary: string;
  description?: string;
  params?: z.ZodObject;
  query?: z.ZodObject;
  body?: Body;
  answers: Readonly<Record<number, Answer>>;
  /** What it refuses with in Strapi's form; Strapi's own refusals and faults need no mention. */
  errors?: readonly ErrorCode[];
}

export interface Body {
  /** Media type; JSON when left out. */
  type?: string;
  schema: z.ZodType;
  examples?: Readonly<Record<string, unknown>>;
  required?: boolean;
}

/** As Strapi's router takes it. */
export const routeOf = ({ method, path, handler, access }: Endpoint) => ({
  method,
  path,
  handler,
  // Takes Strapi's own check away.
  ...(access ? { config: { auth: false as const } } : {}),
});
