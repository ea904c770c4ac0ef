import type { Core } from '@strapi/strapi';
import { registerGraphql } from './api/graphql';
import { leaveForms } from './api/leave-forms';
import { requireStrapi } from './strapi-version';
import { registerTables } from './tables';
import { watchMoves } from './triggers/moves';

export function register({ strapi }: { strapi: Core.Strapi }): void {
  requireStrapi(strapi);
  registerTables(strapi);
  watchMoves(strapi);
  leaveForms(strapi);
  registerGraphql(strapi);
}
