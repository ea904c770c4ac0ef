import type { Core } from '@strapi/strapi';
import { JUMP_MS } from '../clock';
import { lockRow, ensureLock } from '../locks';
import { CYCLE, type CycleRow } from '../tables/cycles';
import { inTransaction } from '../transaction';
import type { Figures } from './account-view';
import { sameStart, type ToldWindow, type Window, windowAt } from './window';

/** The lock that whoever counts credits takes: reservations, holds, and what the account tells of its cycles. */
export const BUDGET_LOCK = 'budget';

/** The billing windows as the database knows them, so that all nodes are in the same one. */
export interface Windows {
  current(): Promise<Window>;
  /** Keeps what the account answered when it was asked at `askedAt`. What comes late about an older cycle changes nothing. */
  tell(figures: Figures, askedAt: number): Promise<void>;
  /** Prepaid credits that were seen to go in the window that starts then; null when the account was never read in it. */
  prepaidUsed(window: Pick<Window, 'startsAt' | 'synced'>): Promise<number | null>;
  /** The highest share of the budget, in per cent, that an alert went out for in the window; 0 for none. */
  alerted(window: Window): Promise<number>;
  /** The row that remembers a window's alerts, made if need be. To be called under the budget's lock. */
  alertRow(window: Window): Promise<Pick<CycleRow, 'id' | 'alerted'>>;
}

/** More than the windows that matter: two years of cycles and of months. */
const MOST_ROWS = 50;

type KnownRow = CycleRow & { window: ToldWindow };

export function createWindows(strapi: Core.Strapi, now: () => number): Windows {
  const rows = () => strapi.db.query(CYCLE);

  const read = async (): Promise<KnownRow[]> => {
    const found = (await rows().findMany({ orderBy: { key: 'desc' }, limit: MOST_ROWS })) as CycleRow[];
    return found.map((row) => ({ ...row, window: windowOf(row) }));
  };

  const current = async (): Promise<Window> => {
    const told = (await read()).filter(({ toldAt }) => toldAt !== null).map(({ window }) => window);
    return windowAt(told, now());
  };

  /** What was told after it is newer; but nothing is told ahead of its time, unless the clock has gone back since. */
  const isLate = (askedAt: number, toldAt: number) => askedAt <= toldAt && toldAt <= now() + JUMP_MS;

  const insert = async (data: Partial<CycleRow>): Promise<number> => {
    const at = new Date(now());
    const { id } = (await rows().create({ data: { ...data, createdAt: at, updatedAt: at } })) as { id: number };
    return id;
  };

  const keep = async (figures: Figures, askedAt: number): Promise<void> => {
    const known = await read();
    if (isOutdated(figures, known)) return;
    const row = known.find((one) => isSame(one, figures));
    if (row && row.toldAt !== null && isLate(askedAt, row.window.toldAt)) return;
    const { endsAt, synced, prepaid } = figures;
    const fallen = row?.prepaidSeen == null ? 0 : Math.max(0, row.prepaidSeen - prepaid);
    const reading = { used: figures.app + figures.api, prepaidSeen: prepaid };
    const told = { synced, endsAt: new Date(endsAt), toldAt: new Date(askedAt), ...reading };
    if (!row) return void (await insert({ ...startOf(figures), ...told }));
    // A start that was only projected gives way to the one that is told.
    const start = row.toldAt === null ? startOf(figures) : {};
    const prepaidUsed = row.prepaidUsed + fallen;
    await rows().update({
      where: { id: row.id },
      data: { ...told, ...start, prepaidUsed, updatedAt: new Date(now()) },
    });
  };

  return {
    current,
    async tell(figures, askedAt) {
      await ensureLock(strapi, BUDGET_LOCK);
      await inTransaction(strapi, async () => {
        await lockRow(strapi, BUDGET_LOCK);
        await keep(figures, askedAt);
      });
    },
    async prepaidUsed({ startsAt, synced }) {
      const near = (await read()).find((row) => row.synced === synced && isSameStart(row, startsAt));
      return near?.prepaidSeen == null ? null : near.prepaidUsed;
    },
    async alerted(window) {
      const row = (await rows().findOne({ where: { key: startOf(window).key } })) as CycleRow | null;
      return row?.alerted ?? 0;
    },
    async alertRow({ startsAt, endsAt, synced }) {
      const start = startOf({ startsAt, synced });
      const row = (await rows().findOne({ where: { key: start.key } })) as CycleRow | null;
      if (row) return row;
      const id = await insert({ ...start, endsAt: new Date(endsAt), synced });
      return { id, alerted: 0 };
    },
  };
}

/** A subscription that renews on the first of a month has a window of its own beside the month's. */
const startOf = ({ startsAt, synced }: Pick<Window, 'startsAt' | 'synced'>) => ({
  key: `${new Date(startsAt).toISOString()}${synced ? '' : ' month'}`,
  startsAt: new Date(startsAt),
});

/** Rows of before the window's own columns have nothing but their key. */
function windowOf({ key, startsAt, endsAt, toldAt, synced }: CycleRow): ToldWindow {
  const start = startsAt === null ? Date.parse(key) : new Date(startsAt).getTime();
  const end = endsAt === null ? start : new Date(endsAt).getTime();
  return { startsAt: start, endsAt: end, toldAt: toldAt === null ? 0 : new Date(toldAt).getTime(), synced };
}

/** Whether a newer cycle of the subscription is known than the one told of. */
function isOutdated({ synced, startsAt }: Figures, known: KnownRow[]): boolean {
  if (!synced) return false;
  return known.some(
    (row) => row.toldAt !== null && row.synced && row.window.startsAt > startsAt && !isSameStart(row, startsAt),
  );
}

/** Whether a row is about the cycle told of. A count that has fallen since began anew, however near the starts lie. */
function isSame(row: KnownRow, { startsAt, synced, app, api }: Figures): boolean {
  if (row.synced !== synced) return false;
  if (row.window.startsAt === startsAt) return true;
  return isSameStart(row, startsAt) && app + api >= (row.used ?? 0);
}

const isSameStart = ({ window }: KnownRow, startsAt: number): boolean =>
  sameStart(window.startsAt, startsAt) && startsAt !== window.endsAt;
