import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { optionsHash } from '../options/hash';
import { folderName } from '../rules/folders';
import { fieldsUsing } from '../rules/usages';
import { collectWants } from '../rules/wants';
import { ASSET, type AssetRow, type AssetWish } from '../tables/assets';
import type { FormatEntry } from '../tables/files';
import { JOB, type JobSource } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { type Decision, decide } from './decide';
import type { JobStore } from './store';

export interface PlanRequest {
  source: JobSource;
  /** Presets (and engine) asked for this asset by a person or by the uploading request; remembered for its next bytes. */
  wish?: AssetWish;
  /** The uploading request wants none, whatever the rules say. */
  optOut?: boolean;
  /** Make all anew although nothing changed. */
  force?: boolean;
  /** The asset has new bytes. */
  replaced?: boolean;
}

interface FileRow {
  id: number;
  mime: string;
  folderPath: string | null;
  formats: Record<string, FormatEntry> | null;
}

export interface Planner {
  /**
   * Compares what is wanted of an asset with what it has and writes the job that follows, in the transaction of the
   * change that caused it, if there is one. Safe to call at any time, any number of times.
   */
  plan(fileId: number, request: PlanRequest): Promise<Decision>;
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

  const readWants = async (file: FileRow, asset: AssetRow | null) => {
    const fields = await fieldsUsing(strapi, file.id);
    const folder = await folderName(strapi, file.folderPath);
    return collectWants({ fields, folder, asset, rules: config.rules });
  };

  const carryOut = async (decision: Decision, file: FileRow, version: number, engine: string, request: PlanRequest) => {
    if (decision.kind === 'nothing') return;
    const { presets, ask } = decision;
    if (decision.kind === 'extend') {
      const data = { presets, ask, engine, force: request.force ?? false, runAt: new Date(), updatedAt: new Date() };
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
    await strapi.db
      .query(JOB)
      .create({ data: { fileId: file.id, version, engine, presets, ask, source, force, ...outcome } });
  };

  return {
    plan: (fileId, request) =>
      inTransaction(strapi, async ({ onCommit }): Promise<Decision> => {
        const file = await readFile(strapi, fileId);
        if (!file) return { kind: 'nothing', reason: 'not-wanted' };
        const known = await findAsset(strapi, fileId);
        const asksForMore = request.wish !== undefined || request.optOut !== undefined;
        if (!known && !asksForMore && !(await readWants(file, null))) return { kind: 'nothing', reason: 'not-wanted' };

        const asset = await lockAsset(strapi, fileId);
        const changed = applyRequest(asset, request);
        if (changed) await strapi.db.query(ASSET).update({ where: { id: asset.id }, data: changed });
        const { version } = { ...asset, ...changed };
        const wants = await readWants(file, { ...asset, ...changed });
        const latest = await jobs.latest(fileId);
        const decision = decide({ wants, presetHashes, file, version, latest, force: request.force ?? false });
        if (wants) await carryOut(decision, file, version, wants.engine, request);
        // Fires at once without an outer transaction, after its commit with one, never on rollback.
        if (decision.kind === 'job' || decision.kind === 'extend') onCommit(wake);
        return decision;
      }),
  };
}

async function readFile(strapi: Core.Strapi, id: number): Promise<FileRow | null> {
  const select = ['id', 'mime', 'folderPath', 'formats'];
  return (await strapi.db.query('plugin::upload.file').findOne({ select, where: { id } })) as FileRow | null;
}

export async function findAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow | null> {
  return (await strapi.db.query(ASSET).findOne({ where: { fileId } })) as AssetRow | null;
}

/** The asset's row, made if need be and locked, so that two plans of one asset follow one another. */
async function lockAsset(strapi: Core.Strapi, fileId: number): Promise<AssetRow> {
  const at = new Date();
  await strapi.db
    .queryBuilder(ASSET)
    .insert({ fileId, version: 1, optedOut: false, createdAt: at, updatedAt: at })
    .onConflict('file_id')
    .ignore()
    .execute();
  return (await strapi.db.queryBuilder(ASSET).select('*').where({ fileId }).forUpdate().first().execute()) as AssetRow;
}

function applyRequest(asset: AssetRow, request: PlanRequest): Partial<AssetRow> | null {
  const changed: Partial<AssetRow> = {};
  if (request.replaced) changed.version = asset.version + 1;
  if (request.wish) Object.assign(changed, { wish: mergeWish(asset.wish, request.wish), optedOut: asset.optedOut });
  if (request.optOut !== undefined)
    Object.assign(changed, { optedOut: request.optOut, ...(request.optOut ? { wish: null } : {}) });
  return Object.keys(changed).length > 0 ? changed : null;
}

function mergeWish(old: AssetWish | null, asked: AssetWish): AssetWish {
  const presets = [...new Set([...(old?.presets ?? []), ...asked.presets])].sort();
  const engine = asked.engine ?? old?.engine;
  return { presets, ...(engine ? { engine } : {}) };
}
