import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import type { Engine } from '../engines/contract';
import { CutoutError } from '../errors';
import { findAsset, type Planner } from '../jobs/plan';
import { type ClaimedJob, leaseLost, queueStopped, type RunJob } from '../jobs/queue';
import { decideRetry } from '../jobs/retry';
import type { JobStore } from '../jobs/store';
import { optionsHash } from '../options/hash';
import type { CutoutResult, Pool } from '../pool/contract';
import type { FormatEntry, Provenance } from '../tables/files';
import { commitVariants } from '../variants/commit';
import { MATTE_KEY, variantKey, belongsToPreset } from '../variants/keys';
import { storePicture } from '../variants/store';
import type { Sweeper } from '../variants/sweep';
import { type AssetFile, fetchOriginal } from './original';
import { fetchStoredMatte } from './stored-matte';

export interface RunJobOptions {
  strapi: Core.Strapi;
  config: Config;
  jobs: JobStore;
  planner: Planner;
  sweeper: Sweeper;
  pool: Pool;
  engines: Record<'local', Engine>;
  /** After the commit; must not throw. */
  onReady: (job: ClaimedJob, entries: Record<string, FormatEntry>) => void;
}

/** The whole way of a job, from its claimed row to variants in the asset's `formats`. */
export function createRunJob(options: RunJobOptions): RunJob {
  const { strapi, config, jobs, planner, sweeper, pool, engines, onReady } = options;

  const make = async (job: ClaimedJob, file: AssetFile, workDir: string, signal: AbortSignal) => {
    const original = await fetchOriginal(strapi, file, join(workDir, 'original'), { ...config.limits, signal });
    const engine = engines.local;
    const query = { sourceHash: original.sha256, engine: engine.name, model: engine.model, fileId: file.id };
    const stored = job.force ? null : await fetchStoredMatte(strapi, query, workDir, signal);
    const prepared = stored
      ? { source: stored.source, model: engine.model }
      : await engine.prepare({ original, workDir, signal });
    const result = await pool.run(
      'cutout',
      {
        source: original.path,
        matte: prepared.source,
        limits: config.limits,
        refine: config.refine,
        outDir: workDir,
        // A matte of another asset, or one that no commit confirmed, is stored again as this asset's own.
        writeMatte: !stored || file.formats?.[MATTE_KEY]?.hash !== stored.entry.hash,
        variants: job.presets.map((preset) => ({ key: variantKey(preset), options: presetOptions(preset) })),
      },
      { timeoutMs: config.local.jobTimeoutMs, signal },
    );
    const provenance = { source: original.sha256, engine: engine.name, model: prepared.model };
    const why = stored ? 'a stored matte of the same bytes' : `asked for '${job.engine}'`;
    return { result, provenance, chosen: { engine: engine.name, model: prepared.model, why } };
  };

  const presetOptions = (preset: string) => {
    const found = config.presets[preset];
    if (!found) throw new CutoutError('options.invalid', `The preset '${preset}' is no longer in the configuration.`);
    return found;
  };

  const store = async (job: ClaimedJob, file: AssetFile, result: CutoutResult, provenance: Provenance) => {
    const entries: Record<string, FormatEntry> = {};
    if (result.matte.file) {
      const matteProvenance = { ...provenance, confidence: result.matte.confidence };
      const matte = { file, jobId: job.id, key: MATTE_KEY, picture: result.matte.file, provenance: matteProvenance };
      entries[MATTE_KEY] = await storePicture(strapi, matte);
    }
    for (const { key, ...picture } of result.variants) {
      const preset = job.presets.find((name) => belongsToPreset(key, name)) ?? 'default';
      const variantProvenance = { ...provenance, options: optionsHash(presetOptions(preset)) };
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
    const { result, provenance, chosen } = await make(job, file, workDir, signal);
    const entries = await store(job, file, result, provenance);
    signal.throwIfAborted();
    const timings = { ...result.timings, total: Date.now() - started };
    const outcome = await commitVariants(strapi, jobs, { job, entries, result: { chosen, timings } });
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
    const workDir = await mkdtemp(join(tmpdir(), 'cutout-'));
    try {
      await work(job, workDir, signal);
    } catch (error) {
      await settle(job, error, signal);
    } finally {
      await rm(workDir, { recursive: true, force: true });
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

function log(strapi: Core.Strapi, job: ClaimedJob, state: string, message: string): void {
  const text = `[cutout] job ${job.id} of asset ${job.fileId} ${state === 'queued' ? 'waits for another try' : `is ${state}`}: ${message}`;
  if (state === 'failed') strapi.log.error(text);
  else strapi.log.info(text);
}
