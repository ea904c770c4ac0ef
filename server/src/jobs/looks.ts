import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { LOOK, type LookRow } from '../tables/looks';
import { inTransaction } from '../transaction';
import type { PlanRequest } from '../words';
import type { Planner } from './plan';

/**
 * What events write and the planner reads. A trigger adds a row in the transaction of the change that caused it; the
 * plan follows after the commit, in a transaction of its own: nothing of the plugin waits within somebody else's.
 */
export interface Looks {
  /** "Look at this asset." Comes and goes with the transaction under way, if there is one. */
  add(fileId: number, request: PlanRequest): Promise<void>;
  /** Acts on what is there, oldest first, until nothing is left. Never rejects; one at a time. */
  drain(): Promise<void>;
}

export interface LooksOptions {
  strapi: Core.Strapi;
  planner: Pick<Planner, 'plan'>;
  /** There may be something to act on. Must not throw: it is called from commit hooks. */
  onWake: () => void;
}

const PAGE = 100;
/** The reconciler finds later what could not be planned so often. */
const MAX_TRIES = 10;

export function createLooks({ strapi, planner, onWake }: LooksOptions): Looks {
  const looks = () => strapi.db.query(LOOK);
  let draining: Promise<void> | null = null;
  let again = false;

  const act = async ({ id, fileId, request, tries }: LookRow): Promise<void> => {
    try {
      await planner.plan(fileId, request, id);
    } catch (error) {
      const message = `[cutout] asset ${fileId} could not be planned: ${messageOf(error)}`;
      if (tries + 1 >= MAX_TRIES) {
        strapi.log.error(`${message}. Given up after ${MAX_TRIES} tries.`);
        await looks().deleteMany({ where: { id } });
      } else {
        strapi.log.warn(message);
        await looks().updateMany({ where: { id }, data: { tries: tries + 1 } });
      }
    }
  };

  const drainOnce = async (): Promise<void> => {
    for (let after = 0; ;) {
      const where = { id: { $gt: after } };
      const page = (await looks().findMany({ where, orderBy: { id: 'asc' }, limit: PAGE })) as LookRow[];
      for (const row of page) {
        after = row.id;
        await act(row);
      }
      if (page.length < PAGE) return;
    }
  };

  const drainAll = async (): Promise<void> => {
    try {
      do {
        again = false;
        await drainOnce();
      } while (again);
    } catch (error) {
      strapi.log.warn(`[cutout] what is to be planned could not be read: ${messageOf(error)}`);
    } finally {
      draining = null;
    }
  };

  return {
    async add(fileId, request) {
      await inTransaction(strapi, async ({ onCommit }) => {
        await looks().create({ data: { fileId, request, tries: 0 } });
        onCommit(onWake);
      });
    },
    drain() {
      again = true;
      draining ??= drainAll();
      return draining;
    },
  };
}
