import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import type { OnProgress } from '../engines/remote/progress';
import { CutoutError, messageOf } from '../errors';
import type { Planner } from '../jobs/plan';
import { findAsset } from '../assets/asset';
import { type ClaimedJob, leaseLost, queueStopped, type RunJob } from '../jobs/queue';
import { decideRetry } from '../jobs/retry';
import type { JobStore } from '../jobs/store';
import { optionsHash } from '../options/hash';
import type { CutoutResult } from '../pool/contract';
import type { FormatEntry, Provenance } from '../tables/files';
import { commitVariants } from '../variants/commit';
import { belongsToPreset, MATTE_KEY } from '../assets/keys';
import { storePicture } from '../variants/store';
import type { Sweeper } from '../variants/sweep';
import { type AssetFile, copyName, fetchOriginal } from '../storage/original';
import { type Make, presetOptions } from './make';
import { inWorkDir } from './work-dir';

export interface RunJobOptions {
  strapi: Core.Strapi;
  config: Config;
  jobs: JobStore;
  planner: Planner;
  sweeper: Sweeper;
  make: Make;
  /** After the commit; must not throw. */
  onReady: (job: ClaimedJob, entries: Record<string, FormatEntry>) => void;
}

/** The whole way of a job, from its claimed row to variants in the asset's `formats`. */
export function createRunJob(options: RunJobOptions): RunJob {
  const { strapi, config, jobs, planner, sweeper, make, onReady } = options;

  const store = async (job: ClaimedJob, file: AssetFile, result: CutoutResult, provenance: Provenance) => {
    const entries: Record<string, FormatEntry> = {};
    if (result.matte.file) {
      const matteProvenance = { ...provenance, confidence: result.matte.confidence };
      const matte = { file, jobId: job.id, key: MATTE_KEY, picture: result.matte.file, provenance: matteProvenance };
      entries[MATTE_KEY] = await storePicture(strapi, matte);
    }
    for (const { key, ...picture } of result.variants) {
      const preset = job.presets.find((name) => belongsToPreset(key, name)) ?? 'default';
      const variantProvenance = { ...provenance, options: optionsHash(presetOptions(config, preset)) };
      entries[key] = await storePicture(strapi, { file, jobId: job.id, key, picture, provenance: variantProvenance });
    }
    return entries;
  };

  const work = async (job: ClaimedJob, workDir: string, signal: AbortSignal) => {
    const started = Date.now();
    const file = await readFile(strapi, job.fileId);
    if (!file) return; // The job's row went with the asset.
    if ((await findAsset(strapi, job.fileId))?.version !== job.version) throw staleError();
    if (job.attempts > config.jobs.maxAttempts) throw lostTooOften(job);
    const assetDir = join(workDir, 'asset');
    await mkdir(assetDir);
    const target = join(assetDir, copyName(file));
    const original = await fetchOriginal(strapi, file, target, { ...config.limits, signal });
    const onProgress = throttledProgress(strapi, jobs, job);
    const { result, chosen } = await make({ job, file, original, workDir, signal, onProgress });
    const { engine, model } = chosen;
    const entries = await store(job, file, result, { source: original.sha256, engine, model });
    signal.throwIfAborted();
    const timings = { ...result.timings, total: Date.now() - started };
    const focalPoint = config.focalPoint ? result.matte.focalPoint : null;
    const outcome = await commitVariants(strapi, jobs, { job, entries, result: { chosen, timings }, focalPoint });
    if (outcome === 'stale') throw staleError();
    if (outcome === 'done') onReady(job, entries);
  };

  const settle = async (job: ClaimedJob, error: unknown, signal: AbortSignal) => {
    if (signal.reason === leaseLost) return;
    if (signal.reason === queueStopped) return jobs.release(job);
    const verdict = decideRetry(error, job, config.jobs, new Date(), Math.random());
    await jobs.settle(job, verdict);
    log(strapi, job, verdict.state, `${verdict.code}: ${verdict.message}`);
    if (verdict.code === 'job.stale') await planner.plan(job.fileId, { source: job.source });
  };

  return async (job, signal) => {
    try {
      await inWorkDir((workDir) => work(job, workDir, signal));
    } catch (error) {
      await settle(job, error, signal);
    } finally {
      await sweeper.asset(job.fileId);
    }
  };
}

async function readFile(strapi: Core.Strapi, id: number): Promise<AssetFile | null> {
  return (await strapi.db.query('plugin::upload.file').findOne({ where: { id } })) as AssetFile | null;
}

const staleError = () =>
  new CutoutError('job.stale', 'The asset was replaced meanwhile; its new bytes have a job of their own.');

const lostTooOften = (job: ClaimedJob) =>
  new CutoutError(
    'worker.failed',
    `Given up: the process that worked on it ended ${job.attempts - 1} times before it was done.`,
  );

const PROGRESS_EVERY_MS = 1000;

/** Uploads and downloads tell often; the row is written once a second at most, and never waited for. */
function throttledProgress(strapi: Core.Strapi, jobs: JobStore, job: ClaimedJob): OnProgress {
  let next = 0;
  return (event) => {
    if (Date.now() < next) return;
    next = Date.now() + PROGRESS_EVERY_MS;
    const { loaded, total = null, progress = null } = event;
    jobs
      .note(job, { phase: event.upload ? 'upload' : 'download', loaded, total, progress })
      .catch((error: unknown) => strapi.log.debug(`[cutout] job ${job.id}: ${messageOf(error)}`));
  };
}

function log(strapi: Core.Strapi, job: ClaimedJob, state: string, message: string): void {
  const how = state === 'queued' ? 'waits for another try' : `is ${state}`;
  const text = `[cutout] job ${job.id} of asset ${job.fileId} ${how}: ${message}`;
  if (state === 'failed') strapi.log.error(text);
  else strapi.log.info(text);
}
