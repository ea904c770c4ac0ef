import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import type { StaleCause } from '../bulk-words';
import { OVERTAKEN } from '../jobs/decide';
import { staleness } from '../jobs/stale';
import { readWants } from '../rules/read-wants';
import type { Wants } from '../rules/wants';
import { ASSET, type AssetRow } from '../tables/assets';
import { SIGNED_BY, signedUrl } from '../storage/provider';
import type { FormatEntry } from '../tables/files';
import type { JobRow } from '../tables/jobs';
import { isCutoutKey, MATTE_KEY, THUMBNAIL_KEY } from '../assets/keys';
import { unknownPresets } from '../rules/presets';
import type { AssetState, AssetWish, Reason } from '../words';
import type { AssetStatus, VariantView } from './contracts';
import { needsReview } from './review';

export interface FileRow {
  id: number;
  documentId: string;
  name: string;
  url: string;
  mime: string | null;
  width: number | null;
  height: number | null;
  folderPath: string | null;
  formats: Record<string, FormatEntry> | null;
  createdAt: Date | string | number;
  updatedAt: Date | string | number;
}

/** An asset's rows, and what they say. */
export interface ReadAsset {
  file: FileRow;
  job: JobRow | null;
  asset: AssetRow | null;
  wants: Wants | null;
  status: AssetStatus;
}

const COLUMNS = ['id', 'documentId', ...SIGNED_BY, 'width', 'height', 'folderPath', 'formats', 'createdAt'];

/** How assets and their cutouts stand, in a handful of queries however many they are. Those that are not there are left out. */
export async function readAssets(strapi: Core.Strapi, fileIds: readonly number[]): Promise<Map<number, ReadAsset>> {
  if (fileIds.length === 0) return new Map();
  const { jobs, config } = getApp(strapi);
  const where = { id: { $in: [...fileIds] } };
  const select = [...COLUMNS, 'updatedAt'];
  const files = (await strapi.db.query('plugin::upload.file').findMany({ select, where })) as FileRow[];
  const ids = files.map(({ id }) => id);
  const rows = (await strapi.db.query(ASSET).findMany({ where: { fileId: { $in: ids } } })) as AssetRow[];
  const assets = new Map(rows.map((row) => [row.fileId, row]));
  const newest = await jobs.newestOf(ids);
  const asked = files.map(({ id, folderPath }) => ({ id, folderPath, asset: assets.get(id) ?? null }));
  const wants = await readWants(strapi, config.rules, asked);
  const read = await Promise.all(
    files.map(async (file): Promise<[number, ReadAsset]> => {
      const job = newest.get(file.id) ?? null;
      const asset = assets.get(file.id) ?? null;
      const known = { file, job, asset, wants: wants.get(file.id) ?? null };
      return [file.id, { ...known, status: await statusOf(strapi, known) }];
    }),
  );
  return new Map(read);
}

type Known = Omit<ReadAsset, 'status'>;

async function statusOf(strapi: Core.Strapi, known: Known): Promise<AssetStatus> {
  const { file, job, asset } = known;
  const { config } = getApp(strapi);
  const variants = await Promise.all(
    Object.entries(file.formats ?? {})
      .filter(([key]) => isCutoutKey(key) && key !== THUMBNAIL_KEY)
      .map(([key, entry]) => toView(strapi, key, entry)),
  );
  const made = file.formats?.[MATTE_KEY]?.cutout;
  const wish = asset?.wish ?? null;
  return {
    fileId: file.id,
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
    ownOptions: Object.keys(wish?.options ?? {}).filter((name) => Object.hasOwn(config.presets, name)),
    stale: staleCauses(strapi, known),
    variants,
  };
}

function staleCauses(strapi: Core.Strapi, { file, job, asset, wants }: Known): StaleCause[] {
  const { planner, making } = getApp(strapi);
  const presetHashes = planner.hashesFor(wants);
  const version = asset?.version ?? 1;
  const { formats } = file;
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
export async function toView(strapi: Core.Strapi, key: string, entry: FormatEntry): Promise<VariantView> {
  const url = await signedUrl(strapi, entry).catch(() => entry.url);
  const { mime, width, height, size } = entry;
  return { key, url, mime, width, height, size };
}
