import type { Core } from '@strapi/strapi';
import { JUMP_MS } from '../clock';
import { EVENT, type EventRow } from '../tables/events';
import { inTransaction } from '../transaction';

/** The events that are yet to be delivered, as rows. */
export interface Pending {
  /** Whether there is any, due or not. */
  any(): Promise<boolean>;
  /** Makes a row for each receiver of what has none yet. @returns whether there was anything */
  spread(receiversOf: (event: string) => Promise<string[]>): Promise<boolean>;
  /** Who has something to be told. */
  targets(): Promise<string[]>;
  /**
   * What is due for one receiver: of each subject the oldest row, and only that, so that a subject's events stay in
   * order while one of them is tried again.
   */
  due(target: string, limit: number): Promise<EventRow[]>;
  /** It was delivered, or given up. */
  drop(id: number): Promise<void>;
  /** It is tried again in `ms`. */
  defer(row: EventRow, ms: number): Promise<void>;
}

const PAGE = 100;
/** No row waits for longer; one that does was written by a clock that has gone back since. */
export const LONGEST_PAUSE_MS = 2 * 60 * 60_000;

export function createPending(strapi: Core.Strapi, now: () => number): Pending {
  const rows = () => strapi.db.query(EVENT);
  const schema = strapi.db.getSchemaName();
  const table = schema ? `${schema}.cutout_events` : 'cutout_events';

  const spreadOne = ({ id, event, subject, payload }: EventRow, targets: string[]): Promise<void> =>
    inTransaction(strapi, async () => {
      const [first, ...others] = targets;
      const at = new Date(now());
      const { count } = await rows().updateMany({ where: { id, target: null }, data: { target: first } });
      if (count === 0) return;
      const copy = { event, subject, payload, tries: 0, runAt: at, createdAt: at, updatedAt: at };
      for (const target of others) await rows().create({ data: { ...copy, target } });
    });

  return {
    any: async () => ((await rows().findMany({ select: ['id'], limit: 1 })) as unknown[]).length > 0,

    async spread(receiversOf) {
      const where = { target: null };
      const page = (await rows().findMany({ where, orderBy: { id: 'asc' }, limit: PAGE })) as EventRow[];
      const known = new Map<string, string[]>();
      for (const row of page) {
        const targets = known.get(row.event) ?? (await receiversOf(row.event));
        known.set(row.event, targets);
        await spreadOne(row, targets);
      }
      return page.length > 0;
    },

    async targets() {
      const found = await strapi.db
        .getConnection('cutout_events')
        .whereNotNull('target')
        .distinct<{ target: string }[]>('target');
      return found.map(({ target }) => target);
    },

    async due(target, limit) {
      const knex = strapi.db.getConnection();
      const at = now();
      // Strapi's query builder knows no `not exists`.
      const found = (await knex(`${table} as e`)
        .select('e.id')
        .where('e.target', target)
        .where((when) => {
          void when
            .where('e.run_at', '<=', new Date(at))
            .orWhere('e.run_at', '>', new Date(at + LONGEST_PAUSE_MS + JUMP_MS));
        })
        .whereNotExists((earlier) => {
          void earlier
            .select(knex.raw('1'))
            .from(`${table} as p`)
            .where('p.target', target)
            .whereRaw('p.subject = e.subject and p.id < e.id');
        })
        .orderBy([{ column: 'e.run_at' }, { column: 'e.id' }])
        .limit(limit)) as { id: number }[];
      if (found.length === 0) return [];
      const where = { id: { $in: found.map(({ id }) => id) } };
      return (await rows().findMany({ where, orderBy: { id: 'asc' } })) as EventRow[];
    },

    async drop(id) {
      await rows().deleteMany({ where: { id } });
    },

    async defer({ id, tries }, ms) {
      const runAt = new Date(now() + ms);
      await rows().updateMany({ where: { id }, data: { tries: tries + 1, runAt, updatedAt: new Date(now()) } });
    },
  };
}
