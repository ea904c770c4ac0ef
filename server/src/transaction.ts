import type { Core } from '@strapi/strapi';
import { setTimeout as sleep } from 'node:timers/promises';

type Rows = Record<string, unknown>[];

/** A query of Knex, so far as the plugin uses it. */
export interface TrxQuery extends PromiseLike<Rows> {
  where(column: string, value: unknown): TrxQuery;
  whereIn(column: string, values: readonly unknown[]): TrxQuery;
  select(...columns: string[]): TrxQuery;
  distinct(...columns: string[]): TrxQuery;
  forUpdate(): TrxQuery;
  forNoKeyUpdate(): TrxQuery;
  withSchema(name: string): TrxQuery;
}

/** What Strapi hands to a transaction's callback, so far as the plugin uses it. */
export interface TransactionScope {
  /** Knex inside the transaction: on SQLite a query beside it would wait for the only connection for ever. */
  trx: {
    (table: string): TrxQuery;
    raw(sql: string): Promise<unknown>;
  };
  /** After the outermost commit, at once if there is none under way, never on rollback. The hook must be synchronous
   * and must not throw: Strapi neither awaits nor catches it. */
  onCommit(hook: () => void): void;
}

/** A table as the transaction names it: PostgreSQL's may lie in a schema of its own. */
export function tableOf(strapi: Core.Strapi, { trx }: TransactionScope, name: string): TrxQuery {
  const schema = strapi.db.getSchemaName() as string | undefined;
  return schema ? trx(name).withSchema(schema) : trx(name);
}

/** Deadlock, lock wait timeout and serialization failure, as MySQL, PostgreSQL and SQLite call them. */
const PASSING = new Set(['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', '40P01', '40001', '55P03', 'SQLITE_BUSY']);
const MAX_TRIES = 6;

/**
 * Runs `work` in the transaction under way, or in one of its own. One of its own that ends in a deadlock or the like is
 * tried again, at most five times: `work` must be able to run twice.
 */
export async function inTransaction<T>(strapi: Core.Strapi, work: (scope: TransactionScope) => Promise<T>): Promise<T> {
  const joins = strapi.db.inTransaction();
  for (let tried = 1; ; tried += 1) {
    try {
      return (await strapi.db.transaction(work as never)) as T;
    } catch (error) {
      if (joins || tried >= MAX_TRIES || !PASSING.has(codeOf(error))) throw error;
      await sleep(Math.random() * 20 * 2 ** tried);
    }
  }
}

const codeOf = (error: unknown): string => String((error as { code?: unknown } | null)?.code ?? '');

/**
 * Whether `error` ended the outer transaction under way, so that hiding it would hide that its other writes are lost:
 * PostgreSQL refuses all that follows in it and rolls back at its COMMIT, MySQL has rolled back after a deadlock.
 */
export async function endedTransaction(strapi: Core.Strapi, error: unknown): Promise<boolean> {
  if (!strapi.db.inTransaction()) return false;
  if (codeOf(error) === 'ER_LOCK_DEADLOCK') return true;
  return inTransaction(strapi, ({ trx }) => trx.raw('SELECT 1')).then(
    () => false,
    () => true,
  );
}

/** Whether a write failed because a unique column has that value already. */
export function isUniqueViolation(error: unknown): boolean {
  return ['SQLITE_CONSTRAINT_UNIQUE', '23505', 'ER_DUP_ENTRY'].includes(codeOf(error));
}

const AWAY = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'PROTOCOL_CONNECTION_LOST']);

/** Whether a query failed because the database cannot be reached at this moment. */
export function isDatabaseAway(error: unknown): boolean {
  const code = codeOf(error);
  const name = error instanceof Error ? error.name : '';
  // 57P0x: PostgreSQL shuts down or starts; Knex has an error of its own for a pool that nobody gives a connection to.
  return AWAY.has(code) || code.startsWith('57P') || code.startsWith('08') || name === 'KnexTimeoutError';
}
