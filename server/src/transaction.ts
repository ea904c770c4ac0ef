import type { Core } from '@strapi/strapi';

/** What Strapi hands to a transaction's callback, so far as the plugin uses it. */
export interface TransactionScope {
  /** Knex inside the transaction: on SQLite a query beside it would wait for the only connection for ever. */
  trx: {
    (table: string): { where(column: string, value: unknown): { distinct(...columns: string[]): Promise<unknown[]> } };
    raw(sql: string): Promise<unknown>;
  };
  /** After the outermost commit, at once if there is none under way, never on rollback. The hook must be synchronous
   * and must not throw: Strapi neither awaits nor catches it. */
  onCommit(hook: () => void): void;
}

/** Runs `work` in the transaction under way, or in one of its own. */
export async function inTransaction<T>(strapi: Core.Strapi, work: (scope: TransactionScope) => Promise<T>): Promise<T> {
  return await strapi.db.transaction(work);
}

/**
 * Whether `error` ended the outer transaction under way, so that hiding it would hide that its other writes are lost:
 * PostgreSQL refuses all that follows in it and rolls back at its COMMIT, MySQL has rolled back after a deadlock.
 */
export async function endedTransaction(strapi: Core.Strapi, error: unknown): Promise<boolean> {
  if (!strapi.db.inTransaction()) return false;
  if ((error as { code?: unknown } | null)?.code === 'ER_LOCK_DEADLOCK') return true;
  return inTransaction(strapi, ({ trx }) => trx.raw('SELECT 1')).then(
    () => false,
    () => true,
  );
}
