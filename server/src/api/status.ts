import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import type { StaleCause } from '../bulk-words';
import { OVERTAKEN } from '../jobs/decide';
import { staleness } from '../jobs/stale';
import { readWants } from '../rules/read-wants';
import type { AssetRow } from '../tables/assets';
import { findAsset } from '../assets/asset';
import { signedUrl } from '../storage/provider';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import { isCutoutKey, MATTE_KEY } from '../assets/keys';
import { unknownPresets } from '../rules/presets';
import type { AssetState, AssetWish, Reason } from '../words';
import type { AssetStatus, VariantView } from './contracts';
import { needsReview } from './review';

interface FileRow {
  id: number;
  name: string;
  folderPath: string | null;
  formats: Record<string, FormatEntry> | null;
}

/** How an asset and its cutout stand; null when there is no such asset. */
export async function readStatus(strapi: Core.Strapi, fileId: number): Promise<AssetStatus | null> {
  const file = (await strapi.db
    .query('plugin::upload.file')
    .findOne({ select: ['id', 'name', 'folderPath', 'formats'], where: { id: fileId } })) as FileRow | null;
  if (!file) return null;
  const { jobs, config } = getApp(strapi);
  const job = await jobs.latest(fileId);
  const variants = await Promise.all(
    Object.entries(file.formats ?? {})
      .filter(([key]) => isCutoutKey(key))
      .map(([key, entry]) => toView(strapi, key, entry)),
  );
  const made = file.formats?.[MATTE_KEY]?.cutout;
  const asset = await findAsset(strapi, fileId);
  const wish = asset?.wish ?? null;
  return {
    fileId,
    name: file.name,
    state: stateOf(job, variants.length > 0),
    reason: reasonOf(strapi, job, wish),
    attempts: job?.attempts ?? 0,
    engine: made?.engine ?? job?.chosen?.engine ?? null,
    model: made?.model ?? job?.chosen?.model ?? null,
    chosenBecause: job?.chosen?.why ?? null,
    confidence: made?.confidence ?? null,
    review: needsReview(made, config.local.reviewBelow),
    progress: job?.progress?.progress ?? null,
    retryAt: job?.state === 'queued' && job.reasonCode ? new Date(job.runAt).toISOString() : null,
    durationMs: job?.timings?.total ?? null,
    wish,
    stale: await staleCauses(strapi, file, asset, job),
    variants,
  };
}

async function staleCauses(
  strapi: Core.Strapi,
  { id, folderPath, formats }: FileRow,
  asset: AssetRow | null,
  job: JobRow | null,
): Promise<StaleCause[]> {
  const { config, planner, making } = getApp(strapi);
  const { presetHashes } = planner;
  const wants = (await readWants(strapi, config.rules, [{ id, folderPath, asset }])).get(id) ?? null;
  const version = asset?.version ?? 1;
  const found = staleness({ formats, wants, presetHashes, making: making(), version, latest: job });
  return [...new Set([...found.values()].flat())];
}

/** Of a job without one: names in the last wish that no preset has. */
function reasonOf(strapi: Core.Strapi, job: JobRow | null, wish: AssetWish | null): Reason | null {
  if (job?.reasonCode) return { code: job.reasonCode, message: job.reasonMessage ?? '' };
  const { presets } = getApp(strapi).config;
  const unknown = (wish?.unknown ?? []).filter((name) => !Object.hasOwn(presets, name));
  if (unknown.length === 0) return null;
  const { code, message } = unknownPresets(unknown, Object.keys(presets));
  return { code, message };
}

function stateOf(job: JobRow | null, hasVariants: boolean): AssetState {
  // What was made, or overtaken, is told by what is there.
  if (!job || job.state === 'done' || OVERTAKEN.includes(job.reasonCode ?? '')) return hasVariants ? 'ready' : 'none';
  if (job.state === 'queued') return job.reasonCode ? 'waiting' : 'queued';
  return job.state;
}

/** Private providers sign every URL that leaves the server; while they cannot, the bare one loads nothing and tells no less. */
async function toView(strapi: Core.Strapi, key: string, entry: FormatEntry): Promise<VariantView> {
  const url = await signedUrl(strapi, entry).catch(() => entry.url);
  const { mime, width, height, size } = entry;
  return { key, url, mime, width, height, size };
}
