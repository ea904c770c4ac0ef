import type { Core } from '@strapi/strapi';
import { lockFiles } from '../assets/formats';
import type { Config } from '../config/schema';
import { readWants } from '../rules/read-wants';
import { ASSET, type AssetRow } from '../tables/assets';
import { JOB } from '../tables/jobs';
import { inTransaction } from '../transaction';
import { type PlanRequest, priorityOf } from '../words';
import { type Decision, decide } from './decide';
import type { Planner, PlannerOptions } from './plan';
import { staleness } from './stale';
import type { JobStore } from './store';

/** What may be asked of many assets at once: nothing that changes what is known of one. */
export type ManyRequest = Pick<PlanRequest, 'source' | 'bulk' | 'cured' | 'renew'>;

/** Asks the planner for many assets at once. Resolves to how many got a new job. */
export type PlanMany = (fileIds: readonly number[], request: ManyRequest, signal: AbortSignal) => Promise<number>;

export interface PlanManyOptions extends Pick<PlannerOptions, 'strapi' | 'making' | 'wake' | 'now'> {
  config: Pick<Config, 'rules'>;
  jobs: Pick<JobStore, 'latestOf'>;
  planner: Pick<Planner, 'plan' | 'hashesFor'>;
}

/** A publish that touches one of them waits for its lock so long, a few hundredths of a second. */
const PAGE = 100;

type NewJob = Record<string, unknown>;

/**
 * The planner's decision for many assets, with a handful of statements for each hundred. Whatever is more than a new job
 * is left to the planner itself, one by one.
 */
export function createPlanMany({ strapi, config, jobs, planner, making, wake, now }: PlanManyOptions): PlanMany {
  const decideAll = async (fileIds: readonly number[], request: ManyRequest) => {
    let added = 0;
    let others: number[] = [];
    await inTransaction(strapi, async (scope) => {
      const files = await lockFiles(strapi, scope, fileIds);
      const assets = await assetsOf(strapi, files);
      const asked = files.map(({ id, folderPath }) => ({ id, folderPath, asset: assets.get(id) ?? null }));
      const wants = await readWants(strapi, config.rules, asked);
      const latest = await jobs.latestOf(files.map(({ id }) => id));
      const rows: NewJob[] = [];
      others = [];
      for (const file of files) {
        const wanted = wants.get(file.id) ?? null;
        const version = assets.get(file.id)?.version ?? 1;
        const presetHashes = planner.hashesFor(wanted);
        const known = { wants: wanted, presetHashes, version, latest: latest.get(file.id) ?? null };
        const made = { ...known, formats: file.formats, making: making() };
        const stale = request.renew ? [...staleness(made).keys()] : [];
        const decision = decide({ ...known, file, force: false, cured: request.cured, stale });
        if (decision.kind === 'job' && wanted) rows.push(rowOf(file.id, version, wanted.engine, decision, request));
        else if (decision.kind !== 'nothing') others.push(file.id);
      }
      const unknown = rows.filter(({ fileId }) => !assets.has(fileId as number));
      const data = unknown.map(({ fileId }) => ({ fileId, version: 1, optedOut: false, wish: null }));
      if (data.length > 0) await strapi.db.query(ASSET).createMany({ data });
      if (rows.length > 0) await strapi.db.query(JOB).createMany({ data: rows });
      added = rows.length;
    });
    return { added, others };
  };

  const rowOf = (
    fileId: number,
    version: number,
    engine: string,
    { presets, ask }: Extract<Decision, { kind: 'job' }>,
    { source, bulk }: ManyRequest,
  ): NewJob => {
    const at = new Date(now());
    const what = {
      fileId,
      version,
      engine,
      presets,
      ask,
      source,
      bulk: bulk ?? null,
      force: false,
      composeOnly: false,
      priority: priorityOf(source),
    };
    return { ...what, state: 'queued', runAt: at, turnAt: at, createdAt: at, updatedAt: at };
  };

  return async (fileIds, request, signal) => {
    let planned = 0;
    for (let done = 0; done < fileIds.length; done += PAGE) {
      signal.throwIfAborted();
      const { added, others } = await decideAll(fileIds.slice(done, done + PAGE), request);
      if (added > 0) wake();
      planned += added;
      for (const id of others) {
        if ((await planner.plan(id, request)).kind === 'job') planned += 1;
      }
    }
    return planned;
  };
}

async function assetsOf(strapi: Core.Strapi, files: readonly { id: number }[]): Promise<Map<number, AssetRow>> {
  const where = { fileId: { $in: files.map(({ id }) => id) } };
  const rows = (await strapi.db.query(ASSET).findMany({ where })) as AssetRow[];
  return new Map(rows.map((row) => [row.fileId, row]));
}
