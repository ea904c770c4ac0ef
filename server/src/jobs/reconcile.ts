import type { Core } from '@strapi/strapi';
import { variantKey } from '../assets/keys';
import type { Formats } from '../assets/formats';
import type { Config } from '../config/schema';
import { readWants } from '../rules/read-wants';
import { ASSET, type AssetRow } from '../tables/assets';
import { mayBePicture } from '../assets/picture-type';
import { decide } from './decide';
import type { Planner } from './plan';
import type { PlanMany } from './plan-many';
import type { JobStore, LatestJob } from './store';

/**
 * Finds assets that a rule or wish wants and that have neither their variants nor a job that makes them: an event was
 * missed, Strapi ran without the plugin, a job was overtaken. It compares page by page and asks the planner only where
 * something is missing.
 */
export interface Reconciler {
  /** Goes once over the media library. Resolves to how many assets were planned. */
  run(signal: AbortSignal): Promise<number>;
}

export interface ReconcilerOptions {
  strapi: Core.Strapi;
  config: Pick<Config, 'rules'>;
  planner: Pick<Planner, 'hashesFor'>;
  planMany: PlanMany;
  jobs: Pick<JobStore, 'latestOf'>;
}

interface FileRow {
  id: number;
  name: string;
  ext: string | null;
  mime: string | null;
  folderPath: string | null;
  formats: Formats | null;
}

const PAGE = 500;

export function createReconciler({ strapi, config, planner, planMany, jobs }: ReconcilerOptions): Reconciler {
  const pageAfter = async (after: number): Promise<FileRow[]> =>
    (await strapi.db.query('plugin::upload.file').findMany({
      select: ['id', 'name', 'ext', 'mime', 'folderPath', 'formats'],
      where: { id: { $gt: after } },
      orderBy: { id: 'asc' },
      limit: PAGE,
    })) as FileRow[];

  const assetsOf = async (ids: number[]): Promise<Map<number, AssetRow>> => {
    const rows = (await strapi.db.query(ASSET).findMany({ where: { fileId: { $in: ids } } })) as AssetRow[];
    return new Map(rows.map((row) => [row.fileId, row]));
  };

  /** Those of a page that lack something. */
  const lacking = async (page: FileRow[]): Promise<number[]> => {
    const assets = await assetsOf(page.map(({ id }) => id));
    const files = page.map(({ id, folderPath }) => ({ id, folderPath, asset: assets.get(id) ?? null }));
    const wants = await readWants(strapi, config.rules, files);
    const pictures = page.filter((file) => wants.get(file.id) && mayBePicture(file));
    const latest = await jobs.latestOf(pictures.map(({ id }) => id));
    return pictures.flatMap((file) => {
      const { id, formats } = file;
      const wanted = wants.get(id) ?? null;
      const decision = decide({
        wants: wanted,
        presetHashes: planner.hashesFor(wanted),
        file,
        version: assets.get(id)?.version ?? 1,
        latest: latest.get(id) ?? null,
        force: false,
      });
      if (decision.kind !== 'job' || isOfAnotherEngine(formats, wanted?.engine, latest.get(id))) return [];
      return [id];
    });
  };

  return {
    async run(signal) {
      let planned = 0;
      for (let after = 0; ;) {
        signal.throwIfAborted();
        const page = await pageAfter(after);
        planned += await planMany(await lacking(page), { source: 'upload' }, signal);
        const last = page.at(-1);
        if (!last || page.length < PAGE) return planned;
        after = last.id;
      }
    },
  };
}

/**
 * Whether the asset has a cutout by another engine than the one that is wanted now. A changed engine can cost a credit
 * for every image of the library: that is for a person to start, not for a timer.
 */
function isOfAnotherEngine(
  formats: Formats | null,
  engine: string | undefined,
  latest: LatestJob | undefined,
): boolean {
  if (engine === 'auto' || latest?.state === 'skipped') return false;
  const made = Object.entries(formats ?? {}).filter(
    ([key, entry]) => key.startsWith(variantKey('default')) && entry?.cutout,
  );
  return made.length > 0 && made.every(([, entry]) => entry.cutout?.engine !== engine);
}
