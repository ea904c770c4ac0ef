import type { Core } from '@strapi/strapi';
import { registerTables } from './tables';

export function register({ strapi }: { strapi: Core.Strapi }): void {
  registerTables(strapi);
}
