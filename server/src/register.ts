import type { Core } from '@strapi/strapi';
import { registerTables } from './tables';
import { watchMoves } from './triggers/moves';

export function register({ strapi }: { strapi: Core.Strapi }): void {
  registerTables(strapi);
  watchMoves(strapi);
}
