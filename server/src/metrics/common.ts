import type { Core } from '@strapi/strapi';
import { Gauge, Registry } from 'prom-client';
import { JOB, type JobRow } from '../tables/jobs';
import type { Ledger } from '../usage/ledger';
import type { ProcessMetrics } from './work';

export interface CommonOptions {
  strapi: Core.Strapi;
  ledger: Pick<Ledger, 'totals'>;
  /** When the billing window began, milliseconds since the epoch. */
  windowStart: () => Promise<number>;
  now: () => number;
}

/** Of jobs that have ended there may be millions; the processes count those as they end. */
const OPEN_STATES = ['queued', 'running', 'held'];

/** What all processes have in common, read from the database by index. */
export async function readCommon({ strapi, ledger, windowStart, now }: CommonOptions): Promise<ProcessMetrics> {
  const registers = [new Registry()];
  const gauge = (name: string, help: string, ...labelNames: string[]) =>
    new Gauge({ name: `cutout_${name}`, help, labelNames, registers });

  const jobs = gauge('jobs', 'Jobs that have not ended.', 'state', 'engine');
  const counted = await strapi.db
    .getConnection(strapi.db.metadata.get(JOB).tableName)
    .select('state', 'engine')
    .count({ count: '*' })
    .whereIn('state', OPEN_STATES)
    .groupBy('state', 'engine');
  for (const { state, engine, count } of counted as { state: string; engine: string; count: number | string }[]) {
    jobs.set({ state, engine }, Number(count));
  }

  const at = now();
  const due = { state: 'queued', runAt: { $lte: new Date(at) } };
  gauge('queue_due', 'Jobs that could run now.').set(await strapi.db.query(JOB).count({ where: due }));
  const [oldest] = (await strapi.db
    .query(JOB)
    .findMany({ select: ['runAt'], where: due, orderBy: { runAt: 'asc' }, limit: 1 })) as Pick<JobRow, 'runAt'>[];
  const age = oldest ? (at - new Date(oldest.runAt).getTime()) / 1000 : 0;
  gauge('queue_oldest_due_seconds', 'How long the longest waiting of those could have run.').set(age);

  const credits = gauge('credits', 'Credits of this billing window by what became of them.', 'kind');
  const totals = await ledger.totals(await windowStart());
  for (const [kind, count] of Object.entries(totals)) credits.set({ kind }, count);
  return registers[0]!.getMetricsAsJSON();
}
