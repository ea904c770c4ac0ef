import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { findAsset } from '../assets/asset';
import { previewedKey, THUMBNAIL_KEY } from '../assets/keys';
import type { Config } from '../config/schema';
import { isDatabaseAway } from '../database-away';
import type { OnProgress } from '../engines/remote/progress';
import { CutoutError, detailOf, messageOf } from '../errors';
import { addEnded } from '../events/of-jobs';
import type { Outbox } from '../events/outbox';
import { asCutoutError, endingOf } from '../jobs/ending';
import type { Planner } from '../jobs/plan';
import type { ClaimedJob, RunJob } from '../jobs/queue';
import type { JobStore } from '../jobs/store';
import type { Waiting } from '../jobs/waiting';
import type { Pool, VariantRequest } from '../pool/contract';
import { isOutOfHand, jobCancelled, queueStopped } from '../signals';
import { type AssetFile, copyName, fetchOriginal } from '../storage/original';
import { inTransaction } from '../transaction';
import type { Ledger } from '../usage/ledger';
import type { SweepSoon } from '../variants/sweep-soon';
import { commitVariants } from './commit';
import type { Made, Make } from './make';
import { prepareVariants } from './prepare';
import { storeMade } from './store-made';
import { inWorkDir } from '../work-dir';

export interface RunJobOptions {
  strapi: Core.Strapi;
  config: Config;
  pool: Pool;
  jobs: JobStore;
  waiting: Pick<Waiting, 'lookAgain'>;
  planner: Planner;
  sweepSoon: SweepSoon;
  ledger: Pick<Ledger, 'recordFree'>;
  make: Make;
  /** Milliseconds since the epoch, by the database's clock. */
  now: () => number;
  outbox: Pick<Outbox, 'add'>;
}

/** The whole way of a job, from its claimed row to variants in the asset's `formats`. */
export function createRunJob(options: RunJobOptions): RunJob {
  const { strapi, config, pool, jobs, planner, sweepSoon, make, now, outbox } = options;

  /** What was asked when the job was planned may not be what is wanted now: every claim asks again. */
  const wantedNow = async (job: ClaimedJob): Promise<ClaimedJob> => {
    if ((await findAsset(strapi, job.fileId))?.version !== job.version) throw staleError();
    const renewed = await planner.renewed(job);
    if (renewed) return renewed;
    throw new CutoutError('job.superseded', 'What is wanted of the asset has changed since this was asked.');
  };

  const work = async (claimed: ClaimedJob, workDir: string, signal: AbortSignal) => {
    const started = Date.now();
    const file = await readFile(strapi, claimed.fileId);
    if (!file) return; // The job's row went with the asset.
    const job = await wantedNow(claimed);
    if (job.attempts > config.jobs.maxAttempts + MOST_LOST) throw lostTooOften(job);
    const assetDir = join(workDir, 'asset');
    await mkdir(assetDir);
    const original = await fetchOriginal(strapi, file, join(assetDir, copyName(file)), { ...config.limits, signal });
    await jobs.note(job, { sourceHash: original.sha256 });
    const { presets, priority, maxPixels, options: own } = job;
    const asked = { original, presets, own, priority, maxPixels, workDir, signal };
    const { variants, cost } = await prepareVariants(strapi, config, pool, asked);
    if (cost >= COSTLY_FROM && (await jobs.letPass(job, Math.min(cost * PASS_MS, LONGEST_PASS_MS)))) return;
    const onProgress = throttledProgress(strapi, jobs, job);
    const pictures = withThumbnail(variants, file);
    const made = await make({ job, file, original, variants: pictures, workDir, signal, onProgress });
    const entries = await storeMade(strapi, config, { job, file, variants, made, signal });
    signal.throwIfAborted();
    const { result, chosen } = made;
    const timings = { ...result.timings, total: Date.now() - started };
    const focalPoint = config.focalPoint ? result.matte.focalPoint : null;
    const outcome = await commitVariants(strapi, options, { job, entries, result: { chosen, timings }, focalPoint });
    if (outcome === 'stale') throw staleError();
    if (outcome === 'done') await afterCommit(options, job, made);
  };

  const settle = async (job: ClaimedJob, error: unknown, signal: AbortSignal) => {
    if (signal.reason === jobCancelled) log(strapi, job, 'cancelled', 'a person cancelled it');
    if (isOutOfHand(signal)) return;
    if (signal.reason === queueStopped) return jobs.release(job);
    const known = isDatabaseAway(error) ? databaseAway(error) : asCutoutError(error);
    const ending = endingOf(known, job, config.jobs, now(), Math.random());
    const { state, code, message } = ending;
    const overtaken = code === 'job.stale' || code === 'job.superseded';
    const settled = await persistently(signal, () =>
      inTransaction(strapi, async () => {
        const settled = await jobs.settle(job, ending);
        // What overtook it has a job of its own, which tells how that one ended.
        const told = settled && !overtaken && (state === 'failed' || state === 'skipped');
        if (told) await addEnded(outbox, job, state, { code, message });
        return settled;
      }),
    );
    log(strapi, job, state, `${code}: ${message}`);
    const detail = detailOf(known);
    if (detail) strapi.log.debug(`[cutout] job ${job.id}: ${detail}`);
    if (settled && overtaken) await planner.plan(job.fileId, { source: job.source, force: job.force });
  };

  return async (job, signal) => {
    try {
      await inWorkDir((workDir) => work(job, workDir, signal));
    } catch (error) {
      await settle(job, error, signal);
    } finally {
      await sweepSoon.asset(job.fileId);
    }
  };
}

/** What cost nothing is written down once for each finished job; a reason that kept it waiting is gone for others too. */
async function afterCommit({ ledger, waiting }: RunJobOptions, job: ClaimedJob, { matte }: Made): Promise<void> {
  const { engine, model, sourceHash } = matte.row;
  const entry = { job, engine, model, sourceHash };
  if (engine === 'local' && !matte.reused) await ledger.recordFree(entry, 'local');
  if (engine === 'remote' && matte.reused) await ledger.recordFree(entry, 'stored-matte');
  if (job.reasonCode) await waiting.lookAgain([job.reasonCode]);
}

/** The variant that stands for the asset's cutout gets a small picture for the admin. */
function withThumbnail(variants: VariantRequest[], { formats }: AssetFile): VariantRequest[] {
  const shown = previewedKey([...Object.keys(formats ?? {}), ...variants.map(({ key }) => key)]);
  return variants.map((variant) => (variant.key === shown ? { ...variant, thumbnailKey: THUMBNAIL_KEY } : variant));
}

async function readFile(strapi: Core.Strapi, id: number): Promise<AssetFile | null> {
  return (await strapi.db.query('plugin::upload.file').findOne({ where: { id } })) as AssetFile | null;
}

const staleError = () =>
  new CutoutError('job.stale', 'The asset was replaced meanwhile; its new bytes have a job of their own.');

const databaseAway = (cause: unknown) =>
  new CutoutError('database.unavailable', 'The database could not be reached.', { cause });

/**
 * How often a job's process may end beside the attempts that failed. Pictures are decoded in child processes, so it is
 * hardly the picture that ends Strapi's; a deployment or a machine that is short of memory can do it several times.
 */
const MOST_LOST = 10;

const lostTooOften = (job: ClaimedJob) =>
  new CutoutError(
    'worker.failed',
    `Given up: the process that worked on it ended ${job.attempts - 1} times before it was done.`,
  );

/**
 * A picture that costs as much as so many plain megapixels takes the worker for seconds: what is planned within the next
 * seconds goes first, one for each megapixel. Once, and for ten minutes at most, so that its own turn comes.
 */
const COSTLY_FROM = 40;
const PASS_MS = 1000;
const LONGEST_PASS_MS = 10 * 60_000;

const SETTLE_TRIES = 30;

/** A database that was away while the job ran may still be; how the job ended is written down when it is back. */
async function persistently<T>(signal: AbortSignal, write: () => Promise<T>): Promise<T> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await write();
    } catch (error) {
      if (tried >= SETTLE_TRIES || signal.aborted || !isDatabaseAway(error)) throw error;
      await sleep(1000, undefined, { ref: false });
    }
  }
}

const PROGRESS_EVERY_MS = 1000;

/** Uploads and downloads tell often; the row is written once a second at most, and never waited for. */
function throttledProgress(strapi: Core.Strapi, jobs: JobStore, job: ClaimedJob): OnProgress {
  let next = 0;
  return (event) => {
    if (performance.now() < next) return;
    next = performance.now() + PROGRESS_EVERY_MS;
    const { loaded, total = null, progress = null } = event;
    jobs
      .note(job, { progress: { phase: event.upload ? 'upload' : 'download', loaded, total, progress } })
      .catch((error: unknown) => strapi.log.debug(`[cutout] job ${job.id}: ${messageOf(error)}`));
  };
}

function log(strapi: Core.Strapi, job: ClaimedJob, state: string, message: string): void {
  const how = state === 'queued' ? 'waits for another try' : `is ${state}`;
  const text = `[cutout] job ${job.id} of asset ${job.fileId} ${how}: ${message}`;
  if (state === 'failed') strapi.log.error(text);
  else strapi.log.info(text);
}
