import { setTimeout as sleep } from 'node:timers/promises';
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

/** How often a transaction of our own is tried in all; a ring of waiters that is drawn anew each time breaks sooner. */
const MOST_TRIES = 5;
const PAUSE_MS = 25;

/**
 * Runs `work` in the transaction under way, or in one of its own. Our own is tried again when the database gave it up
 * in favour of another, so `work` must leave nothing behind but what it writes there. A joined one is the host's to
 * repeat: its earlier writes are gone too.
 */
export async function inTransaction<T>(strapi: Core.Strapi, work: (scope: TransactionScope) => Promise<T>): Promise<T> {
  if (strapi.db.inTransaction()) return await strapi.db.transaction(work);
  for (let tried = 1; ; tried += 1) {
    try {
      return await strapi.db.transaction((scope: TransactionScope) => runTry(work, scope));
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
const GAVE_WAY = ['ER_LOCK_DEADLOCK', 'ER_LOCK_WAIT_TIMEOUT', 'ER_CHECKREAD', '40P01', '40001'];

/** Whether the database ended the work for another's sake, so that the same work may succeed now. */
export function gaveWay(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code } = error as { code?: unknown };
  const known = typeof code === 'string' && (GAVE_WAY.includes(code) || code.startsWith('SQLITE_BUSY'));
  return known || gaveWay(error.cause);
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
