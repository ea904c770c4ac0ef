import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { elapsed, JUMP_MS } from './clock';
import { LOCK, type LockRow } from './tables/locks';

/** What tells the time of leases: the database's clock, in milliseconds, so that all nodes agree. */
interface LeaseClock {
  now(): number;
}

/** Rows that are known to be there; they are never deleted. */
const present = new WeakMap<Core.Strapi, Set<string>>();

/**
 * Sees to it that a lock's row is there. Call it before the transaction that locks the row: on MariaDB an insert that
 * may meet a duplicate takes gap locks, which end in deadlocks when a transaction holds on to them.
 */
export async function ensureLock(strapi: Core.Strapi, name: string): Promise<void> {
  const known = present.get(strapi) ?? new Set();
  present.set(strapi, known);
  if (known.has(name)) return;
  if ((await strapi.db.query(LOCK).count({ where: { name } })) === 0) await insertLock(strapi, name);
  known.add(name);
}

async function insertLock(strapi: Core.Strapi, name: string): Promise<void> {
  const at = new Date();
  const row = { name, createdAt: at, updatedAt: at };
  await strapi.db.queryBuilder(LOCK).insert(row).onConflict('name').ignore().execute();
}

/**
 * Locks the row of that name until the transaction under way ends; others who lock it wait. Let it be the transaction's
 * first statement: what MariaDB reads without a lock is then as it is now, and not of a snapshot from before the wait.
 */
export async function lockRow(strapi: Core.Strapi, name: string): Promise<LockRow> {
  const locked = await selectForUpdate(strapi, name);
  if (locked) return locked;
  // Nobody called `ensureLock` before.
  await insertLock(strapi, name);
  const made = await selectForUpdate(strapi, name);
  if (!made) throw new Error(`The row '${name}' of the table cutout_locks could not be made.`);
  return made;
}

const selectForUpdate = (strapi: Core.Strapi, name: string) =>
  strapi.db.queryBuilder(LOCK).select('*').where({ name }).forUpdate().first().execute<LockRow | null>();

/**
 * Does `work` while no other node does work of that name. The lease is renewed while it lasts; should it be lost all the
 * same (the database was away, the process stood still), `signal` aborts.
 * @param note what is written in the row as the lease is given back; what stands there stays where it is left out
 * @returns false when another holds the lease, and `work` was not begun
 */
export async function withLease(
  strapi: Core.Strapi,
  clock: LeaseClock,
  name: string,
  ttlMs: number,
  work: (signal: AbortSignal) => Promise<void>,
  note: () => object | undefined = () => undefined,
): Promise<boolean> {
  await ensureLock(strapi, name);
  const holder = randomUUID();
  const until = () => new Date(clock.now() + ttlMs);
  const set = async (where: object, data: object) =>
    (await strapi.db.query(LOCK).updateMany({ where: { name, ...where }, data })).count === 1;

  // No holder writes a lease so long: it is from before the clock went back.
  const tooLong = new Date(clock.now() + ttlMs + JUMP_MS);
  const free = { $or: [{ until: null }, { until: { $lt: new Date(clock.now()) } }, { until: { $gt: tooLong } }] };
  if (!(await set(free, { holder, until: until() }))) return false;
  const renewal = renewing(() => set({ holder }, { until: until() }), clock, ttlMs);
  try {
    await work(renewal.signal);
  } finally {
    await renewal.stop();
    const noted = note();
    await set({ holder }, { holder: null, until: null, ...(noted ? { note: noted } : {}) });
  }
  return true;
}

/** Calls `renew` three times in a lease's length; aborts when it says that the lease is lost, or fails for too long. */
function renewing(renew: () => Promise<boolean>, clock: LeaseClock, ttlMs: number) {
  const lost = new AbortController();
  let renewedAt = clock.now();
  let underWay: Promise<void> | null = null;
  const beat = async () => {
    const at = clock.now();
    try {
      if (await renew()) {
        renewedAt = at;
        return;
      }
    } catch {
      if (elapsed(renewedAt, clock.now()) < ttlMs) return;
    }
    lost.abort(new Error('The lease was lost.'));
  };
  const timer = setInterval(() => {
    underWay ??= beat().finally(() => (underWay = null));
  }, ttlMs / 3);
  timer.unref();
  return {
    signal: lost.signal,
    stop: async () => {
      clearInterval(timer);
      await underWay;
    },
  };
}
