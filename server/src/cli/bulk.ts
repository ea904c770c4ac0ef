import { setTimeout as sleep } from 'node:timers/promises';
import type { BulkPlan, BulkRequest, BulkView } from '../bulk-words';
import { bootStrapi } from './boot';
import { exitCodes, UsageError } from './usage-error';

/** `strapi.plugin('cutout').service('bulk')` of the booted app, which may have another version of the plugin. */
export interface BulkService {
  plan(request: BulkRequest): Promise<BulkView>;
  start(id: number): Promise<BulkView>;
  pause(id: number): Promise<BulkView>;
  resume(id: number): Promise<BulkView>;
  cancel(id: number): Promise<BulkView>;
  find(id: number): Promise<BulkView>;
  list(): Promise<BulkView[]>;
}

export interface BulkSettings {
  /** Folder of the Strapi app. */
  app: string;
  json: boolean;
  signal: AbortSignal;
}

const LOOK_MS = 2000;

/** Boots the app, does one thing with its runs, and ends the app again. */
async function withBulk(app: string, work: (bulk: BulkService) => Promise<number>): Promise<number> {
  const strapi = await bootStrapi(app);
  try {
    const bulk = strapi.service('bulk') as BulkService | null;
    if (!bulk) throw new UsageError(['The app has no plugin "cutout", or it is switched off.']);
    return await work(bulk);
  } finally {
    await strapi.stop();
  }
}

/** `cutout bulk`: the dry run, and with `start` the run. */
export function planBulk(
  request: BulkRequest,
  { app, json, signal, start, follow }: BulkSettings & { start: boolean; follow: boolean },
): Promise<number> {
  return withBulk(app, async (bulk) => {
    let run = await bulk.plan(request);
    if (!json) process.stdout.write(`${planText(run)}\n`);
    if (start) run = await bulk.start(run.id);
    if (start && follow) run = await followRun(bulk, run.id, { json, signal });
    if (json) process.stdout.write(`${JSON.stringify(run)}\n`);
    else if (!start) process.stdout.write(`Nothing was started. With --start it would be.\n`);
    else if (!follow) process.stdout.write(`Bulk run ${run.id} is started; any Strapi of this app works on it.\n`);
    return codeOf(run);
  });
}

/** `cutout bulk pause`, `resume`, `cancel`, `follow`. */
export function changeBulk(
  what: 'pause' | 'resume' | 'cancel' | 'follow',
  id: number,
  { app, json, signal }: BulkSettings,
): Promise<number> {
  return withBulk(app, async (bulk) => {
    const run = what === 'follow' ? await followRun(bulk, id, { json, signal }) : await bulk[what](id);
    process.stdout.write(json ? `${JSON.stringify(run)}\n` : `${runText(run)}\n`);
    return codeOf(run);
  });
}

/** `cutout bulk list`: the newest runs first. */
export function listBulk({ app, json }: BulkSettings): Promise<number> {
  return withBulk(app, async (bulk) => {
    const runs = await bulk.list();
    process.stdout.write(json ? `${JSON.stringify(runs)}\n` : runs.map((run) => `${runText(run)}\n`).join(''));
    return exitCodes.ok;
  });
}

/** Until the run ends, or whoever follows it leaves: it goes on without them. */
async function followRun(
  bulk: BulkService,
  id: number,
  { json, signal }: Pick<BulkSettings, 'json' | 'signal'>,
): Promise<BulkView> {
  let said = '';
  for (;;) {
    const run = await bulk.find(id);
    const text = runText(run);
    if (!json && text !== said) process.stderr.write(`${(said = text)}\n`);
    if (signal.aborted || ['done', 'cancelled', 'stopped'].includes(run.state)) return run;
    await sleep(LOOK_MS, undefined, { signal }).catch(() => undefined);
  }
}

const codeOf = ({ state, jobs }: BulkView): number =>
  state === 'stopped' || jobs.failed > 0 ? exitCodes.failed : exitCodes.ok;

/** One line. */
export function runText({ id, state, ending, jobs, reason, perMinute, doneAt }: BulkView): string {
  const counts = Object.entries(jobs).flatMap(([name, count]) => (count > 0 ? [`${count} ${name}`] : []));
  const pace = perMinute === null ? [] : [`${perMinute.toFixed(1)} a minute`];
  const until = doneAt === null ? [] : [`until about ${doneAt.slice(0, 16).replace('T', ' ')} UTC`];
  const is = ending === null ? state : `${state}, about to be ${ending}`;
  return [`Bulk run ${id}: ${is}`, ...counts, ...pace, ...until, ...(reason ? [reason.message] : [])].join(', ');
}

const ROWS: [Exclude<keyof BulkPlan, 'matching' | 'minutes' | 'credits'>, string][] = [
  ['make', 'would be made'],
  ['sameBytes', 'of them look the same as another one'],
  ['done', 'are there already'],
  ['underWay', 'are being made'],
  ['unwanted', 'are wanted by no field, rule or wish'],
  ['notPictures', 'are no pictures'],
  ['transparent', 'are transparent already'],
  ['tooLarge', 'are too large'],
  ['unreadable', 'cannot be read'],
  ['settled', 'failed, were skipped or wait for a decision'],
];

export function planText({ id, plan }: BulkView): string {
  const rows = ROWS.flatMap(([key, text]) => (plan[key] > 0 ? [`  ${plan[key]} ${text}`] : []));
  const { atLeast, atMost, spendable } = plan.credits;
  const left = spendable === null ? '' : `; ${spendable} may be spent`;
  const credits = atMost === 0 ? [] : [`Credits: ${atLeast === atMost ? atMost : `${atLeast} to ${atMost}`}${left}.`];
  const time = plan.minutes === null || plan.make === 0 ? [] : [`About ${Math.ceil(plan.minutes)} minutes.`];
  return [`Bulk run ${id}, ${plan.matching} files match:`, ...rows, ...credits, ...time].join('\n');
}
