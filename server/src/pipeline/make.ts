import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import type { Engine, Original } from '../engines/contract';
import type { OnProgress } from '../engines/remote/progress';
import { CutoutError, messageOf } from '../errors';
import type { ClaimedJob } from '../jobs/queue';
import type { CutoutResult, Pool, VariantRequest } from '../pool/contract';
import type { JobRow } from '../tables/jobs';
import type { Ledger } from '../usage/ledger';
import { MATTE_KEY, variantKey } from '../assets/keys';
import { fetchBackground } from './backgrounds';
import type { EngineId } from '../words';
import { enginesFor, escalates, fallbackFor } from './choose';
import type { AssetFile } from '../storage/original';
import { fetchStoredMatte, hasStoredMatte } from './stored-matte';

export interface MakeOptions {
  strapi: Core.Strapi;
  config: Config;
  pool: Pool;
  ledger: Ledger;
  engines: Record<EngineId, Engine>;
}

export interface MakeRequest {
  job: ClaimedJob;
  file: AssetFile;
  original: Original;
  workDir: string;
  signal: AbortSignal;
  onProgress: OnProgress;
}

/** Pictures made in the job's folder, not stored yet. */
export interface Made {
  result: CutoutResult;
  chosen: NonNullable<JobRow['chosen']>;
}

export type Make = (request: MakeRequest) => Promise<Made>;

/** Makes matte and variants of an asset by the engine its job asks for, or by the one that takes its place. */
export function createMake({ strapi, config, pool, ledger, engines }: MakeOptions): Make {
  const remoteConfigured = config.remote.apiKey !== null;

  const variantOf = async (preset: string, workDir: string, signal: AbortSignal): Promise<VariantRequest> => {
    const options = presetOptions(config, preset);
    const { maxBytes } = config.limits;
    const backgroundPath = await fetchBackground(strapi, options, preset, workDir, { maxBytes, signal });
    return { key: variantKey(preset), options, ...(backgroundPath ? { backgroundPath } : {}) };
  };

  const makeWith = async (engine: Engine, request: MakeRequest, why: string): Promise<Made> => {
    const { job, file, original, signal } = request;
    const workDir = join(request.workDir, engine.name);
    await mkdir(workDir, { recursive: true });
    const anew = job.force && engine.name === 'local';
    const stored = anew ? null : await fetchStoredMatte(strapi, matteQuery(request, engine), workDir, signal);
    const prepared = stored
      ? { source: stored.source, model: engine.model, reused: true }
      : await engine.prepare({ ...request, workDir });
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
        variants: await Promise.all(job.presets.map((preset) => variantOf(preset, workDir, signal))),
      },
      { timeoutMs: config.local.jobTimeoutMs, signal },
    );
    const entry = { job, engine: engine.name, model: prepared.model, sourceHash: original.sha256 };
    if (prepared.reused) await ledger.recordFree(entry, 'stored-matte');
    else if (engine.name === 'local') await ledger.recordFree(entry, 'local');
    const reason = prepared.reused ? `${why}; its matte of the same bytes was there already` : why;
    return { result, chosen: { engine: engine.name, model: prepared.model, why: reason } };
  };

  /** The engine that is asked first, and why. */
  const choose = async (request: MakeRequest): Promise<[EngineId, string]> => {
    const asked = request.job.engine;
    if (asked !== 'auto') return [asked, `${asked} was asked for`];
    const isPaid = await hasStoredMatte(strapi, matteQuery(request, engines.remote));
    if (isPaid) return ['remote', 'auto takes what is paid for'];
    const [first] = enginesFor(asked, config, remoteConfigured);
    return [first, `auto asks ${first} first`];
  };

  const makeOrFallBack = async (request: MakeRequest): Promise<Made> => {
    const [first, why] = await choose(request);
    try {
      return await makeWith(engines[first], request, why);
    } catch (error) {
      const other = fallbackFor(request.job.engine, first, error, config);
      if (other === null || (other === 'remote' && !remoteConfigured)) throw error;
      return makeWith(engines[other], request, `${first} could not: ${messageOf(error)}`);
    }
  };

  return async (request: MakeRequest): Promise<Made> => {
    const made = await makeOrFallBack(request);
    const { confidence } = made.result.matte;
    const escalate = remoteConfigured && escalates(request.job.engine, made.chosen.engine, confidence, config);
    if (!escalate) return made;
    const why = `local was ${confidence.toFixed(2)} sure, less than auto.escalateBelow ${config.auto.escalateBelow}`;
    try {
      return await makeWith(engines.remote, request, why);
    } catch (error) {
      if (fallbackFor('auto', 'remote', error, config) === null) throw error;
      return { ...made, chosen: { ...made.chosen, why: `${why}, but remote could not: ${messageOf(error)}` } };
    }
  };
}

const matteQuery = ({ original, file }: MakeRequest, engine: Engine) => ({
  sourceHash: original.sha256,
  engine: engine.name,
  model: engine.model,
  fileId: file.id,
});

export function presetOptions(config: Pick<Config, 'presets'>, preset: string) {
  const found = config.presets[preset];
  if (!found) throw new CutoutError('options.invalid', `The preset '${preset}' is no longer in the configuration.`);
  return found;
}
