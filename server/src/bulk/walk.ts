import type { Core } from '@strapi/strapi';
import type { BulkRequest, Making } from '../bulk-words';
import type { Config } from '../config/schema';
import type { Planner } from '../jobs/plan';
import type { JobStore } from '../jobs/store';
import { readWants } from '../rules/read-wants';
import { mergeWish, type Wants } from '../rules/wants';
import { ASSET, type AssetRow } from '../tables/assets';
import type { AssetWish } from '../words';
import { type Judgement, judge } from './judge';
import { type BulkFile, createSelect } from './select';

export interface WalkOptions {
  strapi: Core.Strapi;
  config: Pick<Config, 'rules' | 'limits'>;
  jobs: Pick<JobStore, 'latestOf'>;
  planner: Pick<Planner, 'hashesFor'>;
  making: () => Making;
}

export interface Judged {
  file: BulkFile;
  wants: Wants | null;
  judgement: Judgement;
}

export interface WalkBounds {
  /** Files up to this id are passed over. */
  after?: number;
  /** Ids of the files that are looked at; all when left out. */
  only?: readonly number[];
  signal?: AbortSignal;
}

/** What is held at once, however many files there are. */
const PAGE = 1000;

/**
 * Goes over the files that a request is about, by id, and judges each. Page by page, by key and not by offset, so that
 * memory and the time of a page are the same at the end of a large library as at its beginning.
 */
export async function* walk(
  { strapi, config, jobs, planner, making }: WalkOptions,
  request: BulkRequest,
  { after = 0, only, signal }: WalkBounds = {},
): AsyncGenerator<Judged[]> {
  const select = await createSelect(strapi, request.filter, only);
  const wish = wishOf(request);
  const now = making();
  for (let last = after; ;) {
    signal?.throwIfAborted();
    const page = await select(last, PAGE);
    if (page.length === 0) return;
    last = page.at(-1)!.id;
    const ids = page.map(({ id }) => id);
    const rows = (await strapi.db.query(ASSET).findMany({ where: { fileId: { $in: ids } } })) as AssetRow[];
    const assets = new Map(rows.map((row) => [row.fileId, row]));
    const wanted = await readWants(
      strapi,
      config.rules,
      page.map(({ id, folderPath }) => ({ id, folderPath, asset: withWish(assets.get(id) ?? null, wish) })),
    );
    const latest = await jobs.latestOf(ids);
    yield page.map((file) => {
      const wants = wanted.get(file.id) ?? null;
      const judgement = judge({
        ...{ file, wants, request, making: now },
        latest: latest.get(file.id) ?? null,
        version: assets.get(file.id)?.version ?? 1,
        presetHashes: planner.hashesFor(wants),
        limits: config.limits,
      });
      return { file, wants, judgement };
    });
    if (page.length < PAGE) return;
  }
}

/** What a run asks for, whatever fields and rules want. */
export function wishOf({ presets, engine }: BulkRequest): AssetWish | null {
  return presets || engine ? { presets: presets ?? [], ...(engine ? { engine } : {}) } : null;
}

type Wished = Pick<AssetRow, 'wish' | 'optedOut'>;

/** As the asset would be once the run had asked for it. */
function withWish(asset: AssetRow | null, wish: AssetRow['wish']): Wished | null {
  if (wish === null) return asset;
  return { optedOut: asset?.optedOut ?? false, wish: mergeWish(asset?.wish ?? null, wish) };
}
