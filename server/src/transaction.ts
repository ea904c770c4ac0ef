import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { codeOf } from './database-away';

type Rows = Record<string, unknown>[];

/** A query of Knex, so far as the plugin uses it. */
export interface TrxQuery extends PromiseLike<Rows> {
  where(column: string, value: unknown): TrxQuery;
  whereIn(column: string, values: readonly unknown[]): TrxQuery;
  orderBy(column: string): TrxQuery;
  select(...columns: string[]): TrxQuery;
  distinct(...columns: string[]): TrxQuery;
  forUpdate(): TrxQuery;
  forNoKeyUpdate(): TrxQuery;
  skipLocked(): TrxQuery;
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
  const schema = strapi.db.getSchemaName();
  return schema ? trx(name).withSchema(schema) : trx(name);
}

/**
 * Whether the database can leave out rows that another transaction has locked: PostgreSQL, MySQL 8 and MariaDB 10.6 can.
 * SQLite locks no rows.
 */
export async function canSkipLocked(strapi: Core.Strapi): Promise<boolean> {
  const { client } = strapi.db.dialect;
  if (client !== 'mysql') return client === 'postgres';
  const [rows] = (await strapi.db.connection.raw('select version() as version')) as unknown as [{ version: string }[]];
  return skipsLocked(rows[0]?.version ?? '');
}

/** @param version as MySQL and MariaDB tell it: '8.4.0', '10.11.6-MariaDB-log' */
export function skipsLocked(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map((part) => parseInt(part, 10));
  if (!/mariadb/i.test(version)) return major >= 8;
  return major > 10 || (major === 10 && minor >= 6);
}

/** How often a transaction of our own is tried in all; a ring of waiters that is drawn anew each time breaks sooner. */
const MOST_TRIES = 5;
const PAUSE_MS = 25;

/**
 * Runs `work` in the transaction under way, or in one of its own. Our own is tried again when the database gave it up
 * in favour of another, so `work` must leave nothing behind but what it writes there. A joined one is the host's to
 * repeat: its earlier writes are gone too.
 */
export async function inTransaction<T>(strapi: Core.Strapi, work: (scope: TransactionScope) => Promise<T>): Promise<T> {
  if (strapi.db.inTransaction()) return await strapi.db.transaction(work as never);
  for (let tried = 1; ; tried += 1) {
    try {
      const run = (scope: TransactionScope) => runTry(work, scope);
      return await strapi.db.transaction(run as never);
    } catch (error) {
      if (tried >= MOST_TRIES || !gaveWay(error)) throw error;
    }
    await sleep(Math.random() * PAUSE_MS * 2 ** tried);
  }
}

/** Hands its commit hooks on once `work` is done, so that those of a try that failed are never run by a later one. */
async function runTry<T>(work: (scope: TransactionScope) => Promise<T>, scope: TransactionScope): Promise<T> {
  const hooks: (() => void)[] = [];
  const result = await work({ trx: scope.trx, onCommit: (hook) => void hooks.push(hook) });
  for (const hook of hooks) scope.onCommit(hook);
  return result;
}

/** Deadlocks, lock wait timeouts and serialization failures of MySQL, MariaDB, PostgreSQL and SQLite. */
const GAVE_WAY = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', '40P01', '40001', '55P03'];

/** Whether the database ended the work for another's sake, so that the same work may succeed now. */
export function gaveWay(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = codeOf(error);
  return GAVE_WAY.includes(code) || code.startsWith('SQLITE_BUSY') || gaveWay(error.cause);
}

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
