import type { Core } from '@strapi/strapi';
import { ensureAsset, findAsset } from '../assets/asset';
import { dropVariants, type LockedFile, lockFile } from '../assets/formats';
import { MATTE_KEY } from '../assets/keys';
import type { Making } from '../bulk-words';
import type { Config } from '../config/schema';
import { CutoutError, type ErrorCode } from '../errors';
import { addEnded } from '../events/of-jobs';
import type { Outbox } from '../events/outbox';
import { plain } from '../plain';
import { readWants } from '../rules/read-wants';
import {
  beyondRules,
  mergeWish,
  somethingOf,
  type Wants,
  withoutHow,
  withoutOptions,
  withoutPresets,
} from '../rules/wants';
import { ASSET, type AssetRow } from '../tables/assets';
import { JOB, type JobRow } from '../tables/jobs';
import { LOOK } from '../tables/looks';
import { inTransaction } from '../transaction';
import { type AssetWish, type PlanRequest, priorityOf } from '../words';
import { askFor, type Decision, decide, sortPresets } from './decide';
import { createHashesFor, type HashesFor } from './preset-hashes';
import type { ClaimedJob } from './queue';
import { staleness } from './stale';
import type { JobStore } from './store';

export interface Planner {
  /**
   * Compares what is wanted of an asset with what it has and writes the job that follows, in a transaction of its own.
   * Safe to call at any time, any number of times; never within somebody else's transaction, see looks.ts.
   * @param look the row that asked for it, which goes with the transaction; when it is gone already, nothing is done
   */
  plan(fileId: number, request: PlanRequest, look?: number): Promise<Decision>;
  /**
   * The same behind `change`, in one transaction under the asset's lock: both are done, or none. What `change` throws
   * undoes all.
   * @throws CutoutError `asset.missing`
   */
  planAfter(fileId: number, request: PlanRequest, change: (file: LockedFile) => Promise<void>): Promise<Decision>;
  /**
   * A claimed job as it would be asked of its asset now: what is wanted may have changed since it was planned. Null when
   * nothing of it is wanted any more.
   */
  renewed(job: ClaimedJob): Promise<ClaimedJob | null>;
  /** As presets are at the moment. */
  hashesFor: HashesFor;
}

export interface PlannerOptions {
  strapi: Core.Strapi;
  config: Pick<Config, 'presets' | 'rules'>;
  /** Brings presets and rules up to date, where they were changed on another node; see app.ts. */
  takeUpSettings: () => Promise<boolean>;
  jobs: Pick<JobStore, 'latest'>;
  outbox: Pick<Outbox, 'add'>;
  /** How variants are made now. */
  making: () => Making;
  /** Called after the commit. */
  wake: () => void;
  /** Milliseconds since the epoch, by the database's clock. */
  now: () => number;
}

const FILE = 'plugin::upload.file';
const NOTHING: Decision = { kind: 'nothing', reason: 'not-wanted' };

export function createPlanner(options: PlannerOptions): Planner {
  const { strapi, config, takeUpSettings, jobs, outbox, making, wake, now } = options;
  const hashesFor = createHashesFor(config);
  type WantsOf = Pick<LockedFile, 'id' | 'folderPath'>;
  const wantsOf = async ({ id, folderPath }: WantsOf, asset: Pick<AssetRow, 'wish' | 'optedOut'> | null) =>
    (await readWants(strapi, config.rules, [{ id, folderPath, asset }])).get(id) ?? null;

  /** Most files of a media library are wanted by nobody: they get no row and no lock. */
  const concerns = async (fileId: number, { wish, asked, optOut }: PlanRequest): Promise<boolean> => {
    if (wish || asked || optOut !== undefined || (await findAsset(strapi, fileId))) return true;
    const select = ['id', 'folderPath'];
    const file = await strapi.db.query(FILE).findOne({ select, where: { id: fileId } });
    return file !== null && (await wantsOf(file as WantsOf, null)) !== null;
  };

  /** What of a wish names presets that exist; the others are told with the asset's state, and fail none of its jobs. */
  const knownWish = (wish: AssetWish): { known: AssetWish | null; unknown: string[] } => {
    const { known, unknown } = sortPresets(wish.presets, hashesFor(null));
    if (unknown.length === 0) return { known: wish, unknown };
    return { known: known.length > 0 ? { ...wish, presets: known } : null, unknown };
  };

  /** What the request changes of the asset's row. */
  const changesOf = async (file: LockedFile, asset: AssetRow, request: PlanRequest): Promise<Partial<AssetRow>> => {
    const changed: Partial<AssetRow> = {};
    if (request.replaced === 'uncounted') changed.version = asset.version + 1;
    // A person who asks for what the rules want overrules the upload that opted out of them.
    const asksForAll = request.asked === true && !request.wish;
    if (request.optOut !== undefined || asksForAll) changed.optedOut = request.optOut ?? false;
    if (request.optOut || request.unwish) {
      const { unwish } = request;
      changed.wish = !request.optOut && Array.isArray(unwish) ? withoutPresets(asset.wish, unwish) : null;
    }
    if (request.unwishOptions && asset.wish) {
      const left = withoutOptions(asset.wish, request.unwishOptions);
      changed.wish = beyondRules(left, await wantsOf(file, { wish: null, optedOut: asset.optedOut }));
    }
    if (request.wish || request.asked) {
      const { optedOut } = { ...asset, ...changed };
      const byRules = await wantsOf(file, { wish: null, optedOut });
      const asks = request.wish && knownWish(request.wish);
      const wish = asks ? asks.known : byRules || asset.wish ? null : DEFAULT_WISH;
      const further = wish && beyondRules(wish, byRules);
      // Who asks for the engine that the rules name, or the usual effort, takes back the other that was wished for before.
      const engine = asks?.known?.engine !== undefined && asks.known.engine === byRules?.engine;
      const effort = asks?.known?.effort !== undefined && asks.known.effort === making().local.effort;
      const before = withoutHow(asset.wish, { engine, effort });
      const after = withoutHow(further && mergeWish(before, further), { engine: false, effort });
      if (further || engine || effort) changed.wish = after ?? before;
      // Of a wish for none but unknown presets nothing is remembered: its failure is put on record.
      if (asks?.known) changed.wish = withUnknown(changed.wish === undefined ? asset.wish : changed.wish, asks.unknown);
    }
    return changed;
  };

  const carryOut = async (
    decision: Decision,
    fileId: number,
    asset: AssetRow,
    wants: Wants,
    request: PlanRequest & { isComposeOnly: boolean },
  ) => {
    if (decision.kind === 'nothing') return;
    const composeOnly = request.isComposeOnly;
    const { presets, ask } = decision;
    const { engine } = wants;
    const at = new Date(now());
    const priority = priorityOf(request.source);
    if (decision.kind === 'extend') {
      const again = { ...(request.force ? { force: true } : {}), runAt: at, updatedAt: at };
      const data = { presets, ask, engine, composeOnly, ...again };
      // Claims take the asset's lock too, so it is still queued.
      await strapi.db.query(JOB).update({ where: { id: decision.jobId }, data });
      // Whoever can wait least says when its turn is. One that waited queues up now, any other keeps its place.
      const { jobId: id } = decision;
      await strapi.db.query(JOB).updateMany({ where: { id, priority: { $gt: priority } }, data: { priority } });
      await strapi.db.query(JOB).updateMany({ where: { id, turnAt: { $gt: at } }, data: { turnAt: at } });
      return;
    }
    const outcome =
      decision.kind === 'job'
        ? { state: 'queued', runAt: at }
        : {
            state: decision.state,
            reasonCode: decision.reason.code,
            reasonMessage: decision.reason.message,
            finishedAt: at,
          };
    const { source, force = false, bulk = null } = request;
    const { version } = asset;
    const asked = { fileId, version, engine, presets, ask, source, force, composeOnly, priority, bulk };
    const times = { turnAt: at, createdAt: at, updatedAt: at };
    await supersedeHeld(fileId, at);
    const job = (await strapi.db.query(JOB).create({ data: { ...asked, ...times, ...outcome } })) as JobRow;
    if (decision.kind === 'record') await addEnded(outbox, job, decision.state, decision.reason);
  };

  /** What waited for a person has its answer: it must not run beside the new job when its reason passes. */
  const supersedeHeld = async (fileId: number, at: Date): Promise<void> => {
    const reasonCode = 'job.superseded' satisfies ErrorCode;
    const reason = { reasonCode, reasonMessage: 'A newer job of the asset takes its place.' };
    const data = { state: 'skipped', ...reason, finishedAt: at, updatedAt: at };
    await strapi.db.query(JOB).updateMany({ where: { fileId, state: 'held' }, data });
  };

  const planLocked = async (file: LockedFile, request: PlanRequest): Promise<Decision> => {
    const found = await ensureAsset(strapi, file.id);
    const changes = await changesOf(file, found, request);
    if (Object.keys(changes).length > 0) {
      await strapi.db.query(ASSET).update({ where: { id: found.id }, data: changes });
    }
    const asset = { ...found, ...changes };
    const formats = request.replaced ? await dropVariants(strapi, file) : file.formats;
    const wants = await readUnknownToo(file, asset, request);
    const presetHashes = hashesFor(wants);
    const latest = await jobs.latest(file.id);
    const { version } = asset;
    const made = { formats, wants, presetHashes, making: making(), version, latest };
    const stale = request.recompose ? Object.keys(presetHashes) : request.renew ? [...staleness(made).keys()] : [];
    const decision = decide({
      wants,
      presetHashes,
      file: { ...file, formats },
      version,
      latest,
      force: request.force ?? false,
      stale,
      cured: request.cured,
      only: request.composeOnly,
      asked: request.asked ?? request.recompose ?? request.composeOnly !== undefined,
    });
    const isFromMatte = request.composeOnly !== undefined && formats?.[MATTE_KEY]?.cutout !== undefined;
    // What was asked before and has not begun may need more than that.
    const isComposeOnly = isFromMatte && (decision.kind !== 'extend' || latest?.composeOnly === true);
    if (wants) await carryOut(decision, file.id, asset, wants, { ...request, isComposeOnly });
    return decision;
  };

  /** A wish of none but unknown presets is not remembered, but its failure is put on record. */
  const readUnknownToo = async (file: LockedFile, asset: AssetRow, { wish }: PlanRequest): Promise<Wants | null> => {
    const wants = await wantsOf(file, asset);
    return wants ?? (wish?.presets.length ? { presets: wish.presets, engine: wish.engine ?? 'local' } : null);
  };

  /** What is wanted now of the asset of a claimed job. */
  const wantedOf = async ({ fileId, version }: ClaimedJob) => {
    const select = ['id', 'name', 'ext', 'mime', 'folderPath', 'formats'];
    const file = (await strapi.db.query(FILE).findOne({ select, where: { id: fileId } })) as FileRow | null;
    const wants = file && (await wantsOf(file, await findAsset(strapi, fileId)));
    if (!wants) return null;
    const presetHashes = hashesFor(wants);
    return { file, wants, presetHashes, ask: askFor(wants, version, presetHashes) };
  };

  return {
    hashesFor,

    async plan(fileId, request, look) {
      if (!(await concerns(fileId, request))) {
        if (look !== undefined) await strapi.db.query(LOOK).deleteMany({ where: { id: look } });
        return NOTHING;
      }
      const decision = await inTransaction(strapi, async (scope): Promise<Decision> => {
        const file = await lockFile(strapi, scope, fileId);
        if (look !== undefined && (await strapi.db.query(LOOK).deleteMany({ where: { id: look } })).count === 0) {
          return NOTHING;
        }
        return file ? planLocked(file, request) : NOTHING;
      });
      wake();
      return decision;
    },

    async planAfter(fileId, request, change) {
      const decision = await inTransaction(strapi, async (scope): Promise<Decision> => {
        const file = await lockFile(strapi, scope, fileId);
        if (!file) throw new CutoutError('asset.missing', `There is no asset ${fileId}.`);
        await change(file);
        return planLocked(file, request);
      });
      wake();
      return decision;
    },

    async renewed(job) {
      let wanted = await wantedOf(job);
      // Planned by a node that has taken up a change of the settings already.
      if (wanted?.ask !== job.ask && (await takeUpSettings())) wanted = await wantedOf(job);
      if (!wanted) return null;
      const { version, force, composeOnly } = job;
      const { file, wants, presetHashes } = wanted;
      const { maxPixels, options, effort } = wants;
      const how = { maxPixels, options, effort };
      if (wanted.ask === job.ask) return { ...job, ...how };
      const only = composeOnly ? job.presets : undefined;
      const decision = decide({ wants, presetHashes, file, version, latest: null, force, only });
      if (decision.kind !== 'job') return null;
      const { presets, ask } = decision;
      const data = { presets, ask, engine: wants.engine };
      await strapi.db.query(JOB).updateMany({ where: { id: job.id, leaseToken: job.leaseToken }, data });
      return { ...job, ...data, ...how };
    },
  };
}

type FileRow = Pick<LockedFile, 'id' | 'name' | 'ext' | 'mime' | 'folderPath' | 'formats'>;

const DEFAULT_WISH: AssetWish = { presets: ['default'] };

/** The names that the last wish got wrong, in place of those of the one before. */
function withUnknown(wish: AssetWish | null, unknown: string[]): AssetWish | null {
  const { unknown: _before, ...rest } = wish ?? { presets: [] };
  if (unknown.length > 0) return { ...rest, unknown: unknown.map((name) => plain(name, 60)) };
  return somethingOf(rest);
}
