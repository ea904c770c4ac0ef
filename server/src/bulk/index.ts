import type { BulkPlan, BulkRequest, BulkView } from '../bulk-words';
import { CutoutError } from '../errors';
import { unknownPresets } from '../rules/presets';
import type { BulkRunRow } from '../tables/bulk-runs';
import type { Reservations } from '../usage/reserve';
import { createFeed, type FeedOptions } from './feed';
import { asWanted, runFiles } from './run-files';
import { createRuns } from './runs';
import { survey, type SurveyOptions } from './survey';
import { unplanQueued } from './take-back';

/** Runs over the media library: what they would do, their start, pause and end. */
export interface Bulk {
  /** The dry run; what it found is kept as a run that may be started. @throws CutoutError `options.invalid` */
  plan(request: BulkRequest): Promise<BulkView>;
  /**
   * From here on the run is fed, by whichever node does that.
   * @param credits set aside for it, in place of those that it was planned with
   * @throws CutoutError `bulk.state`, `budget.*` when its credits cannot be set aside
   */
  start(id: number, credits?: number): Promise<BulkView>;
  /** What was begun is finished; what is queued is taken back. */
  pause(id: number): Promise<BulkView>;
  resume(id: number): Promise<BulkView>;
  /** Its queued jobs are cancelled, and it ends when those under way have. */
  cancel(id: number): Promise<BulkView>;
  find(id: number): Promise<BulkView>;
  /** The newest first. */
  list(): Promise<BulkView[]>;
  /** The dry run of these files alone: what their fields, rules and wishes want. Nothing is kept. */
  surveyFiles(fileIds: readonly number[]): Promise<BulkPlan>;
  /** Has it made, behind all that single images wait for. @returns how many jobs were made */
  runFiles(fileIds: readonly number[]): Promise<number>;
  /** Whether a run has something to be done. */
  any(): Promise<boolean>;
  /** Gives runs their next jobs and ends those that have none left; one node at a time. */
  feed(signal: AbortSignal): Promise<void>;
}

export interface BulkOptions extends Omit<FeedOptions, 'runs' | 'reservations'>, SurveyOptions {
  config: FeedOptions['config'] & { presets: Record<string, unknown> };
  reservations: Pick<Reservations, 'hold' | 'release'>;
  /** Of the API key in force; null without one. */
  keyPrint: () => string | null;
  planner: FeedOptions['planner'];
}

export function createBulk(options: BulkOptions): Bulk {
  const { strapi, config, reservations, keyPrint, now } = options;
  const runs = createRuns(strapi, now);
  const find = async (id: number): Promise<BulkView> => runs.view(await runs.find(id));

  /** One change of state, or the sentence why it cannot be. */
  const change = async (
    id: number,
    what: string,
    from: readonly BulkRunRow['state'][],
    data: Partial<BulkRunRow>,
  ): Promise<void> => {
    if (await runs.change(id, from, data)) return;
    const { state, ending } = await runs.find(id);
    const is = ending === null ? state : `${state} and about to be ${ending}`;
    throw new CutoutError(
      'bulk.state',
      `Bulk run ${id} cannot be ${what}: it is ${is}, expected ${from.join(' or ')}.`,
    );
  };

  const demandKey = (credits: number | undefined): void => {
    if (credits === undefined || keyPrint() !== null) return;
    throw new CutoutError('options.invalid', 'credits: expected none, since no API key is configured.');
  };

  return {
    async plan(request) {
      const unknown = (request.presets ?? []).filter((preset) => !Object.hasOwn(config.presets, preset));
      if (unknown.length > 0) throw unknownPresets(unknown, Object.keys(config.presets));
      demandKey(request.credits);
      return runs.view(await runs.create(request, await survey(options, request)));
    },

    async start(id, credits) {
      demandKey(credits);
      const { request: planned, state } = await runs.find(id);
      const request = credits === undefined ? planned : { ...planned, credits };
      // Set aside first, so that a run that is fed has its credits; a second start holds nothing more.
      if (state === 'planned' && request.credits !== undefined) {
        await reservations.hold(String(id), request.credits, { keyPrint: keyPrint() ?? '' });
      }
      await change(id, 'started', ['planned'], { state: 'running', startedAt: new Date(now()), request });
      return find(id);
    },

    async pause(id) {
      await change(id, 'paused', ['running'], { state: 'paused' });
      await unplanQueued(strapi, runs, id);
      return find(id);
    },

    async resume(id) {
      await change(id, 'resumed', ['paused'], { state: 'running' });
      return find(id);
    },

    async cancel(id) {
      // One that was never started has no jobs to wait for.
      await change(id, 'cancelled', ['planned', 'running', 'paused'], { ending: 'cancelled' });
      return find(id);
    },

    find,
    list: async () => runs.views(await runs.list()),
    surveyFiles: (only) => survey(options, asWanted, { only }),
    runFiles: (only) => runFiles(options, only),
    any: async () => (await runs.underWay()).length > 0,
    feed: createFeed({ ...options, runs }),
  };
}
