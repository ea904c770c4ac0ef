import type { Core } from '@strapi/strapi';
import { requireStrapi } from './strapi-version';
import { registerTables } from './tables';
import { watchMoves } from './triggers/moves';

export function register({ strapi }: { strapi: Core.Strapi }): void {
  requireStrapi(strapi);
  registerTables(strapi);
  watchMoves(strapi);
}
