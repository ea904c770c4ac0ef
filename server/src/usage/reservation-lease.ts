import type { Core } from '@strapi/strapi';
import { JUMP_MS } from '../clock';
import { LEDGER, type LedgerRow } from '../tables/ledger';

/** How often the call of a reservation tells that it is under way, and how long that holds. */
export const BEAT_MS = 5_000;
export const LEASE_MS = 20_000;

/** The reason of a row whose worker fell silent; it is put right when a matte of it turns up. */
const FELL_SILENT = 'worker.crashed';
const PAGE = 100;

export const isLapsed = ({ leaseUntil }: Pick<LedgerRow, 'leaseUntil'>, now: number): boolean =>
  leaseUntil === null || new Date(leaseUntil).getTime() < now;

/** Settles reservations whose call nobody tells of any more. */
export function createLapsed(strapi: Core.Strapi, now: () => number) {
  const rows = () => strapi.db.query(LEDGER);
  const silent = () => ({
    outcome: 'reserved',
    $or: [{ leaseUntil: null }, { leaseUntil: { $lt: new Date(now()) } }],
  });

  /** Only while nobody tells of it: its owner may just have come back. */
  const settle = async ({ id }: Pick<LedgerRow, 'id'>, outcome: 'charged' | 'unknown'): Promise<boolean> => {
    const reason = outcome === 'unknown' ? FELL_SILENT : null;
    const data = { outcome, reason, leaseUntil: null, updatedAt: new Date(now()) };
    return (await rows().updateMany({ where: { id, ...silent() }, data })).count === 1;
  };

  /** A matte that was stored is paid for, also when somebody else had to call the row unknown before it was found. */
  const putRight = async ({ id }: Pick<LedgerRow, 'id'>): Promise<boolean> => {
    const where = { id, outcome: 'unknown', reason: FELL_SILENT };
    const data = { outcome: 'charged', reason: null, updatedAt: new Date(now()) };
    return (await rows().updateMany({ where, data })).count === 1;
  };

  const eachOf = async (where: object, work: (row: LedgerRow) => Promise<boolean>): Promise<number> => {
    let done = 0;
    for (let after = 0; ;) {
      const filter = { where: { $and: [where, { id: { $gt: after } }] }, orderBy: { id: 'asc' as const }, limit: PAGE };
      const page = (await rows().findMany(filter)) as LedgerRow[];
      for (const row of page) if (await work(row)) done += 1;
      const last = page.at(-1);
      if (!last || page.length < PAGE) return done;
      after = last.id;
    }
  };

  return {
    settle,
    async settleAll(hasMatte: (ledgerId: number) => Promise<boolean>): Promise<number> {
      // Written by a clock that has gone back since: whoever is at it will say so again.
      const tooLong = { outcome: 'reserved', leaseUntil: { $gt: new Date(now() + LEASE_MS + JUMP_MS) } };
      await rows().updateMany({ where: tooLong, data: { leaseUntil: new Date(now() + LEASE_MS) } });
      const left = await eachOf(silent(), async (row) => settle(row, (await hasMatte(row.id)) ? 'charged' : 'unknown'));
      const wrong = { outcome: 'unknown', reason: FELL_SILENT, updatedAt: { $gte: new Date(now() - RECENT_MS) } };
      return left + (await eachOf(wrong, async (row) => (await hasMatte(row.id)) && putRight(row)));
    },
  };
}

/** A matte turns up soon or never. */
const RECENT_MS = 60 * 60_000;
