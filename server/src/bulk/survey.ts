import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import type { BulkPlan, BulkRequest } from '../bulk-words';
import { JOB, type JobRow } from '../tables/jobs';
import { createSeen } from './seen';
import { type Judged, walk, type WalkBounds, type WalkOptions } from './walk';

export interface SurveyOptions extends WalkOptions {
  /** Jobs that are worked on at the same time, on this node. */
  parallel: number;
  /** Credits that may be spent; null without an account. */
  spendable: () => Promise<number | null>;
}

/** So many of the last finished jobs say how long one takes. */
const MEASURED = 200;

/** The dry run: what a run would do, by rows alone. */
export async function survey(
  options: SurveyOptions,
  request: BulkRequest,
  bounds: Pick<WalkBounds, 'only' | 'signal'> = {},
): Promise<BulkPlan> {
  const plan: BulkPlan = {
    ...{ matching: 0, make: 0, done: 0, underWay: 0, unwanted: 0, notPictures: 0, transparent: 0 },
    ...{ tooLarge: 0, unreadable: 0, settled: 0, sameBytes: 0, minutes: null },
    credits: { atLeast: 0, atMost: 0, spendable: await options.spendable() },
  };
  const seen = createSeen();
  for await (const page of walk(options, request, bounds)) for (const each of page) count(plan, each, seen);
  const median = await medianSeconds(options.strapi);
  if (median !== null) plan.minutes = (plan.make * median) / 60 / options.parallel;
  return plan;
}

function count(plan: BulkPlan, { file, wants, judgement }: Judged, seen: (print: string) => boolean): void {
  if (!judgement.match) return;
  plan.matching += 1;
  plan[judgement.verdict] += 1;
  if (judgement.verdict !== 'make') return;
  // Strapi keeps no checksum of a file: `hash` is a random name.
  const { size, width, height, ext, mime } = file;
  const double = seen([size, width, height, ext, mime].join('|'));
  if (double) plan.sameBytes += 1;
  if (wants?.engine === 'local' || file.formats?.[MATTE_KEY]?.cutout?.engine === 'remote') return;
  plan.credits.atMost += 1;
  if (wants?.engine === 'remote' && !double) plan.credits.atLeast += 1;
}

/** Of the jobs that finished last; null before there are any. */
async function medianSeconds(strapi: Core.Strapi): Promise<number | null> {
  const rows = (await strapi.db.query(JOB).findMany({
    select: ['timings'],
    where: { state: 'done' },
    orderBy: { id: 'desc' },
    limit: MEASURED,
  })) as Pick<JobRow, 'timings'>[];
  const times = rows.flatMap(({ timings }) => timings?.total ?? []).sort((a, b) => a - b);
  return times.length === 0 ? null : times[Math.floor(times.length / 2)]! / 1000;
}
