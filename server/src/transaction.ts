import type { Core } from '@strapi/strapi';

/** What Strapi hands to a transaction's callback, so far as the plugin uses it. */
export interface TransactionScope {
  /** Knex inside the transaction: on SQLite a query beside it would wait for the only connection for ever. */
  trx: (table: string) => {
    where(column: string, value: unknown): { distinct(...columns: string[]): Promise<unknown[]> };
  };
  /** After the outermost commit, at once if there is none under way, never on rollback. The hook must be synchronous
   * and must not throw: Strapi neither awaits nor catches it. */
  onCommit(hook: () => void): void;
}

/** Runs `work` in the transaction under way, or in one of its own. */
export async function inTransaction<T>(strapi: Core.Strapi, work: (scope: TransactionScope) => Promise<T>): Promise<T> {
  // Strapi types the result as a promise of the callback's promise; it is the plain value.
  return (await strapi.db.transaction(work)) as T;
}
