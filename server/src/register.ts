import type { Core } from '@strapi/strapi';
import { registerGraphql } from './api/graphql';
import { leaveBody } from './api/rembg/body';
import { requireStrapi } from './strapi-version';
import { registerTables } from './tables';
import { watchMoves } from './triggers/moves';

export function register({ strapi }: { strapi: Core.Strapi }): void {
  requireStrapi(strapi);
  registerTables(strapi);
  watchMoves(strapi);
  leaveBody(strapi);
  registerGraphql(strapi);
}
