import type { Core } from '@strapi/strapi';
import { apiDayTable } from './api-days';
import { assetTable } from './assets';
import { bulkRunTable } from './bulk-runs';
import { cycleTable } from './cycles';
import { eventTable } from './events';
import { storedFileTable } from './files';
import { jobTable } from './jobs';
import { lookTable } from './looks';
import { lockTable } from './locks';
import { matteTable } from './mattes';
import { ledgerTable } from './ledger';

/**
 * Raw models, as Strapi's upload plugin uses for its own jobs: tables without a content type, so that they stay out of
 * the Content Manager, of GraphQL's generated CRUD and of data transfers, where a half-done job has no meaning.
 */
const tables = [
  assetTable,
  jobTable,
  lookTable,
  matteTable,
  storedFileTable,
  ledgerTable,
  cycleTable,
  lockTable,
  eventTable,
  bulkRunTable,
  apiDayTable,
];

export function registerTables(strapi: Core.Strapi): void {
  for (const table of tables) strapi.get('models').add(table);
}

/**
 * Keeps the tables when Strapi boots once without the plugin. Its schema sync would drop them otherwise, and the record
 * of what was paid and stored with them.
 */
export async function persistTables(strapi: Core.Strapi): Promise<void> {
  const key = { type: 'core', key: 'persisted_tables' } as const;
  const current = ((await strapi.store.get(key)) as string[] | null) ?? [];
  const wanted = [...new Set([...current, ...tables.map((table) => table.tableName)])];
  if (wanted.length > current.length) await strapi.store.set({ ...key, value: wanted });
}
