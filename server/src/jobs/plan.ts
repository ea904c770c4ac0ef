import type { Core } from '@strapi/strapi';
import { findAsset } from '../assets/asset';
import type { Config } from '../config/schema';
import { optionsHash } from '../options/hash';
import { readWants as readWantsOf } from '../rules/read-wants';
import type { WantInputs } from '../rules/wants';
import { ASSET, type AssetRow } from '../tables/assets';
import type { AssetWish, JobSource } from '../words';
import { JOB } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { dropVariants, type LockedFile, lockFile } from '../assets/formats';
import { unknownPresets } from '../rules/presets';
import { type Decision, decide, sortPresets } from './decide';
import type { JobStore } from './store';

export interface PlanRequest {
  source: JobSource;
  /** Presets (and engine) asked for this asset by a person or by the uploading request; remembered for its next bytes. */
  wish?: AssetWish;
  /** The uploading request wants none, whatever the rules say. */
  optOut?: boolean;
  /** Make all anew although nothing changed. */
  force?: boolean;
  /**
   * A person asked for this asset: what failed, was skipped or waits is tried again, an upload's opt-out counts no more,
   * and where no field, rule or wish wants the asset it gets the default preset as a wish.
   */
  asked?: boolean;
  /** The asset has new bytes; `counted` when `outdate` has given them their version already. */
  replaced?: 'counted' | 'uncounted';
}

export interface Planner {
  /**
   * Compares what is wanted of an asset with what it has and writes the job that follows, in the transaction of the
   * change that caused it, if there is one. Safe to call at any time, any number of times.
   */
  plan(fileId: number, request: PlanRequest): Promise<Decision>;
  /**
   * Before an asset's row gets its new bytes: from now on no job commits what it made of the old ones.
   * @returns whether there was a version to count.
   */
  outdate(fileId: number): Promise<boolean>;
}

export interface PlannerOptions {
  strapi: Core.Strapi;
  config: Pick<Config, 'presets' | 'rules'>;
  jobs: Pick<JobStore, 'latest'>;
  /** Called after the commit. */
  wake: () => void;
}

export function createPlanner({ strapi, config, jobs, wake }: PlannerOptions): Planner {
  const presetHashes = Object.fromEntries(
    Object.entries(config.presets).map(([name, options]) => [name, optionsHash(options)]),
  );

  const readWants = (file: Pick<LockedFile, 'id' | 'folderPath'>, asset: WantInputs['asset']) =>
    readWantsOf(strapi, config.rules, file, asset);

  const withFallback = async (file: LockedFile, asset: AssetRow, request: PlanRequest): Promise<PlanRequest> => {
    if (!request.asked || request.wish) return request;
    const wants = await readWants(file, { wish: asset.wish, optedOut: false });
    return wants ? { ...request, optOut: false } : { ...request, wish: { presets: ['default'] } };
  };

  /** Most files of a media library are wanted by nobody: they get no row and no lock. */
  const concerns = async (fileId: number, { wish, optOut, asked }: PlanRequest): Promise<boolean> => {
    if (asked || wish !== undefined || optOut !== undefined || (await findAsset(strapi, fileId))) return true;
    const select = ['id', 'folderPath'];
    const file = await strapi.db.query('plugin::upload.file').findOne({ select, where: { id: fileId } });
    return file !== null && (await readWants(file as LockedFile, null)) !== null;
  };

  /** A name that no preset has is told once and not remembered: it must not fail the asset's later jobs. */
  const remembered = (fileId: number, { wish, ...request }: PlanRequest): PlanRequest => {
    if (!wish) return request;
    const { known, unknown } = sortPresets(wish.presets, presetHashes);
    if (unknown.length === 0) return { ...request, wish };
    strapi.log.warn(`[cutout] asset ${fileId}: ${unknownPresets(unknown, Object.keys(presetHashes)).message}`);
    return known.length > 0 ? { ...request, wish: { ...wish, presets: known } } : request;
  };

  const carryOut = async (
    decision: Decision,
    fileId: number,
    version: number,
    engine: string,
    request: PlanRequest,
  ) => {
    if (decision.kind === 'nothing') return;
    const { presets, ask } = decision;
    if (decision.kind === 'extend') {
      const at = new Date();
      const data = { presets, ask, engine, ...(request.force ? { force: true } : {}), runAt: at, updatedAt: at };
      // The row is locked since it was found to be queued.
      await strapi.db.query(JOB).update({ where: { id: decision.jobId }, data });
      return;
    }
    const outcome =
      decision.kind === 'job'
        ? { state: 'queued', runAt: new Date() }
        : {
            state: decision.state,
            reasonCode: decision.reason.code,
            reasonMessage: decision.reason.message,
            finishedAt: new Date(),
          };
    const { source, force = false } = request;
    await strapi.db.query(JOB).create({ data: { fileId, version, engine, presets, ask, source, force, ...outcome } });
  };

  const plan = async (file: LockedFile, given: PlanRequest): Promise<Decision> => {
    const asset = await ensureAsset(strapi, file.id);
    const request = await withFallback(file, asset, given);
    const changed = applyRequest(asset, remembered(file.id, request));
    if (changed) await strapi.db.query(ASSET).update({ where: { id: asset.id }, data: changed });
    const now = { ...asset, ...changed };
    const formats = request.replaced ? await dropVariants(strapi, file) : file.formats;
    const wants = await readWants(file, request.wish ? { ...now, wish: mergeWish(asset.wish, request.wish) } : now);
    const decision = decide({
      wants,
      presetHashes,
      file: { mime: file.mime, formats },
      version: now.version,
      latest: await jobs.latest(file.id),
      force: request.force ?? false,
      asked: request.asked ?? false,
    });
    if (wants) await carryOut(decision, file.id, now.version, wants.engine, request);
    return decision;
  };

  return {
    plan: (fileId, request) =>
      inTransaction(strapi, async ({ onCommit }): Promise<Decision> => {
        const file = (await concerns(fileId, request)) ? await lockFile(strapi, fileId) : null;
        if (!file) return { kind: 'nothing', reason: 'not-wanted' };
        const decision = await plan(file, request);
        // Fires at once without an outer transaction, after its commit with one, never on rollback.
        if (decision.kind === 'job' || decision.kind === 'extend') onCommit(wake);
        return decision;
      }),

    async outdate(fileId) {
      const query = strapi.db.queryBuilder(ASSET).where({ fileId }).increment('version');
      return (await query.execute<number>({ mapResults: false })) > 0;
    },
  };
}

/** The asset's row as it is now, made if need be. The caller holds the lock of the file's row. */
async function ensureAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow> {
  const at = new Date();
  await strapi.db
    .queryBuilder(ASSET)
    .insert({ fileId, version: 1, optedOut: false, createdAt: at, updatedAt: at })
    .onConflict('file_id')
    .ignore()
    .execute();
  return strapi.db.queryBuilder(ASSET).select('*').where({ fileId }).forUpdate().first().execute<AssetRow>();
}

function applyRequest(asset: AssetRow, request: PlanRequest): Partial<AssetRow> | null {
  const changed: Partial<AssetRow> = {};
  if (request.replaced === 'uncounted') changed.version = asset.version + 1;
  if (request.wish) changed.wish = mergeWish(asset.wish, request.wish);
  if (request.optOut !== undefined) changed.optedOut = request.optOut;
  if (request.optOut) changed.wish = null;
  return Object.keys(changed).length > 0 ? changed : null;
}

function mergeWish(old: AssetWish | null, asked: AssetWish): AssetWish {
  const presets = [...new Set([...(old?.presets ?? []), ...asked.presets])].sort();
  const engine = asked.engine ?? old?.engine;
  return { presets, ...(engine ? { engine } : {}) };
}
