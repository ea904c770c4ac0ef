import type { Core } from '@strapi/strapi';
import { CutoutError, type ErrorCode } from '../errors';
import { LEDGER, type LedgerOutcome, type LedgerRow } from '../tables/ledger';
import type { Window } from './window';

/** So many of the newest calls can be looked at; the export has all. */
export const MOST_CALLS = 100;

export interface CallPage {
  rows: LedgerRow[];
  total: number;
}

export interface PageQuery {
  /** From 1. */
  page: number;
  pageSize: number;
}

/** How a call of unknown outcome ended, as a person says who has looked at the account. */
export interface Decision {
  charged: boolean;
  /** Who says so. */
  by: string;
}

/** The paid calls of the ledger, for those who look after them. */
export interface PaidCalls {
  /** The newest that ended in a span or are under way, `MOST_CALLS` at most. */
  newest(span: Pick<Window, 'startsAt' | 'endsAt'>, query: PageQuery): Promise<CallPage>;
  /** Those whose outcome nobody knows, whenever they were made, the newest first. */
  unknown(query: PageQuery): Promise<CallPage>;
  countUnknown(): Promise<number>;
  /**
   * Settles a call of unknown outcome. It stays in the cycle that it was counted in. Saying the same again changes nothing.
   * Not charged: its bytes may be sent again. Charged: they are not, unless a person asks for it.
   * @throws CutoutError `ledger.missing`, and `ledger.state` where the outcome is known and another one
   */
  settle(id: number, decision: Decision): Promise<LedgerRow>;
}

const ENDINGS: LedgerOutcome[] = ['reserved', 'charged', 'unknown'];
/** What a charge without a matte to show for it is called, whoever found out. */
const LOST: ErrorCode = 'remote.picture-lost';

export function createPaidCalls(strapi: Core.Strapi, now: () => number): PaidCalls {
  const rows = () => strapi.db.query(LEDGER);
  const countUnknown = () => rows().count({ where: { outcome: 'unknown' } });
  const orderBy = [{ updatedAt: 'desc' }, { id: 'desc' }];

  const find = async (id: number): Promise<LedgerRow> => {
    const row = (await rows().findOne({ where: { id } })) as LedgerRow | null;
    if (!row) throw new CutoutError('ledger.missing', `There is no ledger entry ${id}.`);
    return row;
  };

  return {
    async newest({ startsAt, endsAt }, { page, pageSize }) {
      const updatedAt = { $gte: new Date(startsAt), $lt: new Date(endsAt) };
      // Each outcome by itself: that is the beginning of an index's range.
      const found = await Promise.all(
        ENDINGS.map((outcome) => rows().findMany({ where: { outcome, updatedAt }, orderBy, limit: MOST_CALLS })),
      );
      const newest = (found.flat() as LedgerRow[]).sort(byTime).slice(0, MOST_CALLS);
      return { rows: newest.slice((page - 1) * pageSize, page * pageSize), total: newest.length };
    },

    async unknown({ page, pageSize }) {
      const range = { offset: (page - 1) * pageSize, limit: pageSize };
      const [found, total] = await Promise.all([
        rows().findMany({ where: { outcome: 'unknown' }, orderBy, ...range }),
        countUnknown(),
      ]);
      return { rows: found as LedgerRow[], total };
    },

    countUnknown,

    async settle(id, { charged, by }) {
      const row = await find(id);
      const trail = { settledBy: by, settledAt: new Date(now()), settledReason: row.reason };
      const data = charged
        ? { ...trail, outcome: 'charged', reason: LOST }
        : { ...trail, outcome: 'free', credits: 0, claim: null };
      // Its call may have told its outcome meanwhile, or another person.
      await rows().updateMany({ where: { id, outcome: 'unknown' }, data });
      const settled = await find(id);
      if (settled.outcome === data.outcome) return settled;
      throw new CutoutError('ledger.state', `The outcome of ledger entry ${id} is known: ${settled.outcome}.`);
    },
  };
}

const timeOf = ({ updatedAt }: LedgerRow) => new Date(updatedAt).getTime();
const byTime = (one: LedgerRow, other: LedgerRow) => timeOf(other) - timeOf(one) || other.id - one.id;
