import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { ensureLock, lockRow } from '../locks';
import { API_DAY, type ApiDayRow } from '../tables/api-days';
import { LEDGER } from '../tables/ledger';
import { inTransaction } from '../transaction';
import { type ApiWindow, cycleAt, keptSince } from './api-windows';

/** Pictures, one credit each. */
export interface ApiUsage {
  /** Made for the media library, by whatever engine. */
  app: number;
  /** Made by the Rembg-compatible endpoint out of the plan's credits. */
  api: number;
}

/** What the Rembg-compatible endpoint has done, the same on every node. */
export interface ApiCalls {
  /**
   * Takes one credit: of the plan while there are any in the cycle, then of the prepaid ones.
   * @returns what gives it back; null when there is none left
   */
  take(): Promise<(() => Promise<void>) | null>;
  usage(window: ApiWindow): Promise<ApiUsage>;
  prepaidLeft(): Promise<number>;
}

type Kind = 'included' | 'prepaid';

/** All nodes count one after another, so that no credit is given twice. */
const COUNT_LOCK = 'rembg-api';

const dayOf = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

export function createApiCalls(
  strapi: Core.Strapi,
  config: Pick<Config, 'usage' | 'rembgApi'>,
  now: () => number,
): ApiCalls {
  const { plan, cycleDay } = config.rembgApi;
  const rows = () => strapi.db.query(API_DAY);

  const sumOf = async (kind: Kind, where: object): Promise<number> => {
    const days = (await rows().findMany({ select: [kind], where })) as ApiDayRow[];
    return days.reduce((sum, row) => sum + row[kind], 0);
  };
  const included = ({ start, end }: ApiWindow) => sumOf('included', { day: { $gte: dayOf(start), $lt: dayOf(end) } });
  const prepaid = () => sumOf('prepaid', { prepaid: { $gt: 0 } });
  const appCalls = ({ start, end }: ApiWindow): Promise<number> => {
    const createdAt = { $gte: new Date(start), $lt: new Date(end) };
    // A local run, or a paid one; neither a matte that was there already nor a call that came to nothing.
    return strapi.db.query(LEDGER).count({
      where: { createdAt, $or: [{ outcome: 'free', reason: 'local' }, { outcome: 'charged' }] },
    });
  };

  /** Under the lock. */
  const add = async (day: string, kind: Kind, by: number): Promise<void> => {
    const row = (await rows().findOne({ where: { day } })) as ApiDayRow | null;
    const at = { updatedAt: new Date(now()) };
    if (row) await rows().update({ where: { id: row.id }, data: { ...at, [kind]: Math.max(0, row[kind] + by) } });
    else if (by > 0) await rows().create({ data: { day, ...at, createdAt: at.updatedAt, [kind]: by } });
  };
  const locked = async <T>(work: () => Promise<T>): Promise<T> => {
    await ensureLock(strapi, COUNT_LOCK);
    return inTransaction(strapi, async () => {
      await lockRow(strapi, COUNT_LOCK);
      return work();
    });
  };

  return {
    async take() {
      const at = now();
      const cycle = cycleAt(at, cycleDay);
      const app = await appCalls(cycle);
      const kind = await locked(async (): Promise<Kind | null> => {
        const free: Kind | null =
          app + (await included(cycle)) < plan.credits
            ? 'included'
            : (await prepaid()) < plan.prepaid
              ? 'prepaid'
              : null;
        if (free) await add(dayOf(at), free, 1);
        return free;
      });
      return kind && (() => locked(() => add(dayOf(at), kind, -1)));
    },

    async usage(window) {
      const known = window.start >= keptSince(now(), config) && window.start <= now();
      return known ? { app: await appCalls(window), api: await included(window) } : { app: 0, api: 0 };
    },

    prepaidLeft: async () => Math.max(0, plan.prepaid - (await prepaid())),
  };
}

/** Deletes the days before a moment, see `keptSince`. */
export async function pruneApiDays(strapi: Core.Strapi, before: number): Promise<number> {
  const where = { day: { $lt: dayOf(before) }, prepaid: 0 };
  return (await strapi.db.query(API_DAY).deleteMany({ where })).count;
}
