import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import type { Config } from '../config/schema';
import type { OnProgress } from '../engines/remote/progress';
import { CutoutError, messageOf } from '../errors';
import type { ClaimedJob } from '../jobs/queue';
import type { Mattes } from '../mattes';
import type { Engine } from '../mattes/engine';
import { keyOf, type ObtainedMatte } from '../mattes/obtain';
import type { CutoutResult, Pool, VariantRequest } from '../pool/contract';
import { plain } from '../plain';
import type { AssetFile, Original } from '../storage/original';
import type { Provenance } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import type { EngineId } from '../words';
import { enginesFor, escalates, fallbackFor } from './choose';

export interface MakeOptions {
  strapi: Core.Strapi;
  config: Config;
  pool: Pool;
  mattes: Mattes;
  engines: Record<EngineId, Engine>;
}

export interface MakeRequest {
  job: ClaimedJob;
  file: AssetFile;
  original: Original;
  variants: VariantRequest[];
  workDir: string;
  signal: AbortSignal;
  onProgress: OnProgress;
}

/** Pictures made in the job's folder, not stored yet. */
export interface Made {
  result: CutoutResult;
  chosen: NonNullable<JobRow['chosen']>;
  /** What every entry in `formats` says of where it came from. */
  provenance: Provenance;
  matte: ObtainedMatte;
}

export type Make = (request: MakeRequest) => Promise<Made>;

/** Obtains an asset's matte by the engine its job asks for, or by the one that takes its place, and composes from it. */
export function createMake({ strapi, config, pool, mattes, engines }: MakeOptions): Make {
  /** Asked at each decision: the key may be set and forgotten while Strapi runs. */
  const hasRemote = () => config.remote.apiKey !== null;

  const obtain = (engine: Engine, request: MakeRequest) => {
    const { job, variants } = request;
    const refine = config.refine && variants.some(({ options }) => options.refine);
    return mattes.obtain({ ...request, engine, refine, anew: job.force && engine.name === 'local' });
  };

  const compose = ({ row, path }: ObtainedMatte, { job, file, original, variants, workDir, signal }: MakeRequest) => {
    const copy = file.formats?.[MATTE_KEY]?.cutout;
    const task = {
      source: original.path,
      matte: { kind: 'file' as const, path },
      limits: config.limits,
      refine: config.refine,
      outDir: workDir,
      writeMatte: copy?.matte !== row.hash || copy.source !== original.sha256,
      variants,
    };
    return pool.run('cutout', task, { timeoutMs: config.local.jobTimeoutMs, signal, priority: job.priority });
  };

  /** Its bytes then get another: the asset's own copy, a new run, or, when a person says so, another paid call. */
  const putAside = async ({ row }: ObtainedMatte, file: AssetFile, error: CutoutError) => {
    strapi.log.warn(`[cutout] the matte ${row.hash} of '${plain(file.name, 100)}' is put aside. ${error.message}`);
    await mattes.table.putAside(row.id, 'damaged');
  };

  const makeFrom = async (
    obtainMatte: () => Promise<ObtainedMatte>,
    request: MakeRequest,
    why: string,
  ): Promise<Made> => {
    for (let tried = 1; ; tried += 1) {
      const matte = await obtainMatte();
      let result: CutoutResult;
      try {
        result = await compose(matte, request);
      } catch (error) {
        if (tried === MAX_TRIES || !(error instanceof CutoutError) || error.code !== 'matte.damaged') throw error;
        await putAside(matte, request.file, error);
        continue;
      }
      const { row, reused, timings } = matte;
      const { confidence, subject } = result.matte;
      await mattes.table.used(row.id, { confidence, subject });
      const reason = reused ? `${why}; ${reusedWords(matte)}` : why;
      return {
        result: { ...result, timings: sum(result.timings, timings) },
        chosen: { engine: row.engine, model: row.model, why: reason },
        provenance: provenanceOf(matte),
        matte,
      };
    }
  };

  const makeWith = (engine: Engine, request: MakeRequest, why: string): Promise<Made> =>
    makeFrom(() => obtain(engine, request), request, why);

  /** The engine that is asked first, and why. */
  const choose = async (request: MakeRequest): Promise<[EngineId, string]> => {
    const asked = request.job.engine;
    if (asked !== 'auto') return [asked, `${asked} was asked for`];
    const isPaid = await mattes.has(keyOf({ ...request, engine: engines.remote }), request.file);
    if (isPaid) return ['remote', 'auto takes what is paid for'];
    const [first] = enginesFor(asked, config, hasRemote());
    return [first, `auto asks ${first} first`];
  };

  const makeOrFallBack = async (request: MakeRequest): Promise<Made> => {
    const [first, why] = await choose(request);
    try {
      return await makeWith(engines[first], request, why);
    } catch (error) {
      const other = fallbackFor(request.job.engine, first, error, config);
      if (other === null || (other === 'remote' && !hasRemote())) throw error;
      return makeWith(engines[other], request, `${first} could not: ${messageOf(error)}`);
    }
  };

  return async (request: MakeRequest): Promise<Made> => {
    if (request.job.composeOnly) return makeFrom(() => mattes.ofAsset(request), request, 'only its options changed');
    const made = await makeOrFallBack(request);
    const { confidence } = made.result.matte;
    const isCorrected = made.matte.row.parentId !== null;
    const mayPay = hasRemote() && !isCorrected;
    if (!mayPay || !escalates(request.job.engine, made.chosen.engine, confidence, config)) return made;
    const why = `local was ${confidence.toFixed(2)} sure, less than auto.escalateBelow ${config.auto.escalateBelow}`;
    try {
      return await makeWith(engines.remote, request, why);
    } catch (error) {
      if (fallbackFor('auto', 'remote', error, config) === null) throw error;
      return { ...made, chosen: { ...made.chosen, why: `${why}, but remote could not: ${messageOf(error)}` } };
    }
  };
}

/** The corrected one, the stored one, the asset's copies, and one that is made. */
const MAX_TRIES = 5;

const reusedWords = ({ row }: ObtainedMatte): string =>
  row.parentId === null ? 'its matte of the same bytes was there already' : 'its matte was corrected by a person';

function provenanceOf({ row }: ObtainedMatte): Provenance {
  const { sourceHash, engine, model, weights, effort } = row;
  return { source: sourceHash, engine, model, ...(weights ? { weights } : {}), ...(effort ? { effort } : {}) };
}

type Timings = CutoutResult['timings'];

function sum(one: Timings, other: Partial<Timings>): Timings {
  const steps = Object.entries(one) as [keyof Timings, number][];
  return Object.fromEntries(steps.map(([step, ms]) => [step, ms + (other[step] ?? 0)])) as Timings;
}
