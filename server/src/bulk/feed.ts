import type { Core } from '@strapi/strapi';
import type { BulkRequest } from '../bulk-words';
import type { Outbox } from '../events/outbox';
import { mergeWish, type Planner } from '../jobs/plan';
import { BULK_RUN, type BulkRunRow } from '../tables/bulk-runs';
import { JOB, type JobRow } from '../tables/jobs';
import { inTransaction } from '../transaction';
import type { Reservations } from '../usage/reserve';
import type { PlanRequest } from '../words';
import type { Runs } from './runs';
import { cancelQueued } from './take-back';
import { walk, type WalkOptions } from './walk';

export interface FeedOptions extends WalkOptions {
  strapi: Core.Strapi;
  planner: Planner;
  runs: Runs;
  outbox: Pick<Outbox, 'add'>;
  reservations: Pick<Reservations, 'release'>;
  now: () => number;
}

/** Jobs of a run that are queued or running at the same time, at most; it is filled up from half of that. */
export const MOST_OPEN = 200;
/** How far a run is, is written down after so many files that got a job; a crash looks at these again. */
const NOTED_EVERY = 20;

/** Gives runs their next jobs and brings those to their end that have none left. One node at a time does this. */
export function createFeed(options: FeedOptions): (signal: AbortSignal) => Promise<void> {
  const { strapi, planner, runs, outbox, reservations, now } = options;

  const feed = async (run: BulkRunRow, room: number, signal: AbortSignal): Promise<void> => {
    let planned = 0;
    let at = run.lastFile;
    // A pause moves the cursor back behind what it took out of the queue; whoever fed before that must not undo it.
    const note = async (data: Partial<BulkRunRow>): Promise<boolean> => {
      const noted = await runs.change(run.id, ['running'], data, at);
      at = data.lastFile ?? at;
      return noted;
    };
    for await (const page of walk(options, run.request, { after: run.lastFile, signal })) {
      for (const { file, judgement } of page) {
        if (!judgement.match || !judgement.plan) continue;
        signal.throwIfAborted();
        await planner.plan(file.id, requestOf(run, judgement.cured));
        planned += 1;
        if (planned % NOTED_EVERY === 0 && !(await note({ lastFile: file.id }))) return;
        if (planned >= room) return void (await note({ lastFile: file.id }));
      }
      if (!(await note({ lastFile: page.at(-1)!.file.id }))) return;
    }
    await note({ exhausted: true });
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

function requestOf(run: BulkRunRow, cured: string[]): PlanRequest {
  const { presets, engine, filter }: BulkRequest = run.request;
  const wish = presets || engine ? mergeWish(null, { presets: presets ?? [], ...(engine ? { engine } : {}) }) : null;
  return {
    ...{ source: 'bulk', bulk: run.id, cured },
    ...(wish ? { wish } : {}),
    ...(filter.state === 'stale' ? { renew: true } : {}),
  };
}
