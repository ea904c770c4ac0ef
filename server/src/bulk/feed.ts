import type { Core } from '@strapi/strapi';
import type { Outbox } from '../events/outbox';
import type { Planner } from '../jobs/plan';
import type { PlanMany } from '../jobs/plan-many';
import { BULK_RUN, type BulkRunRow } from '../tables/bulk-runs';
import { JOB, type JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import type { Reservations } from '../usage/reserve';
import type { Runs } from './runs';
import { cancelQueued, unplanQueued } from './take-back';
import { walk, type WalkOptions, wishOf } from './walk';

export interface FeedOptions extends WalkOptions {
  strapi: Core.Strapi;
  planner: Planner;
  planMany: PlanMany;
  runs: Runs;
  outbox: Pick<Outbox, 'add'>;
  reservations: Pick<Reservations, 'release'>;
  now: () => number;
}

/** Jobs of a run that are queued or running at the same time, at most; it is filled up from half of that. */
export const MOST_OPEN = 200;
/** Planned at once; how far the run is, is written down after each such group, and a crash looks at these again. */
const AT_ONCE = 100;

/** Gives runs their next jobs and brings those to their end that have none left. One node at a time does this. */
export function createFeed(options: FeedOptions): (signal: AbortSignal) => Promise<void> {
  const { strapi, planner, planMany, runs, outbox, reservations, now } = options;

  const feed = async (run: BulkRunRow, room: number, signal: AbortSignal): Promise<void> => {
    let left = room;
    // A pause moves the cursor back behind what it took out of the queue; whoever fed before that must not undo it.
    let at = run.lastFile;
    const note = async (data: Partial<BulkRunRow>): Promise<boolean> => {
      const noted = await runs.change(run.id, ['running'], data, at);
      at = data.lastFile ?? at;
      return noted;
    };
    for await (const page of walk(options, run.request, { after: run.lastFile, signal })) {
      const chosen = page.flatMap(({ file, judgement }) =>
        judgement.match && judgement.plan ? [{ id: file.id, cured: judgement.cured }] : [],
      );
      for (let done = 0; done < chosen.length && left > 0;) {
        const some = chosen.slice(done, done + Math.min(left, AT_ONCE));
        await planAll(run, some, signal);
        done += some.length;
        left -= some.length;
        if (await note({ lastFile: some.at(-1)!.id })) continue;
        // Paused meanwhile: what was planned after that is taken back like the rest.
        if ((await runs.find(run.id)).state === 'paused') await unplanQueued(strapi, runs, run.id);
        return;
      }
      if (left === 0) return;
      if (!(await note({ lastFile: page.at(-1)!.file.id }))) return;
    }
    await note({ exhausted: true });
  };

  /** A wish is a change of the asset's own row; all else is planned many at once. */
  const planAll = async (run: BulkRunRow, files: { id: number; cured: string | null }[], signal: AbortSignal) => {
    const wish = wishOf(run.request);
    const renew = run.request.filter.state === 'stale';
    for (const reason of new Set(files.map(({ cured }) => cured))) {
      const ids = files.filter(({ cured }) => cured === reason).map(({ id }) => id);
      const request = { source: 'bulk', bulk: run.id, renew, cured: reason === null ? [] : [reason] } as const;
      if (!wish) await planMany(ids, request, signal);
      else {
        for (const id of ids) {
          signal.throwIfAborted();
          await planner.plan(id, { ...request, wish });
        }
      }
    }
  };

  /** Both or neither: the end is written down once, and told once. */
  const end = async (run: BulkRunRow): Promise<void> => {
    // Nothing of it is open, so these stay as they are. Not in the transaction: raw queries would wait for it on SQLite.
    const { done, skipped, failed, held, cancelled } = await runs.jobs(run.id);
    const credits = await runs.credits(run.id);
    await inTransaction(strapi, async () => {
      const state = run.ending ?? 'done';
      const finishedAt = new Date(now());
      const where = { id: run.id, state: run.state, ending: run.ending };
      const data = { state, ending: null, finishedAt, updatedAt: finishedAt };
      if ((await strapi.db.query(BULK_RUN).updateMany({ where, data })).count === 0) return;
      await reservations.release(String(run.id));
      const reason = run.reasonCode === null ? null : { code: run.reasonCode, message: run.reasonMessage ?? '' };
      await outbox.add('cutout.bulk', `bulk:${run.id}`, {
        ...{ bulkId: run.id, state, reason },
        jobs: { done, skipped, failed, held, cancelled },
        credits,
        startedAt: new Date(run.startedAt ?? finishedAt).toISOString(),
        finishedAt: finishedAt.toISOString(),
      });
    });
  };

  /** The run's credits are used up when one of its jobs waits for more of them. */
  const stopAtBudget = async (run: BulkRunRow): Promise<BulkRunRow> => {
    const where = { bulk: run.id, state: 'queued', reasonCode: 'budget.bulk' };
    const waiting = (await strapi.db.query(JOB).findOne({ where })) as JobRow | null;
    if (!waiting || run.ending !== null) return run;
    const reason = { reasonCode: 'budget.bulk', reasonMessage: waiting.reasonMessage };
    await runs.change(run.id, ['running'], { ending: 'stopped', ...reason });
    return runs.find(run.id);
  };

  const tend = async (found: BulkRunRow, signal: AbortSignal): Promise<void> => {
    let run = await stopAtBudget(found);
    if (run.ending !== null) await cancelQueued(strapi, run.id, now);
    const { queued, running } = await runs.jobs(run.id);
    const open = queued + running;
    if (run.ending === null && !run.exhausted && open <= MOST_OPEN / 2) {
      await feed(run, MOST_OPEN - open, signal);
      return;
    }
    if (open > 0) return;
    run = await runs.find(run.id);
    if (run.ending !== null || (run.exhausted && run.state === 'running')) await end(run);
  };

  return async (signal) => {
    for (const run of await runs.underWay()) await tend(run, signal);
  };
}
