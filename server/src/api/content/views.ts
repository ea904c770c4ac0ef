import type { Core } from '@strapi/strapi';
import { belongsToPreset, MATTE_KEY, variantKey } from '../../assets/keys';
import { getApp } from '../../app';
import { signedUrl } from '../../storage/provider';
import { MATTE, type MatteRow } from '../../tables/mattes';
import type { JobRow } from '../../tables/jobs';
import type { VariantView } from '../contracts';
import { type FileRow, readAssets, type ReadAsset } from '../status';
import type { FileView, JobView } from './contracts';

/** Files in the order of their ids as they were asked for, in a handful of queries however many they are. */
export async function viewFiles(strapi: Core.Strapi, ids: readonly number[]): Promise<FileView[]> {
  const read = await readAssets(strapi, ids);
  const found = ids.flatMap((id) => read.get(id) ?? []);
  const boxes = await boxesOf(
    strapi,
    found.map(({ file }) => file),
  );
  return Promise.all(found.map((asset) => viewFile(strapi, asset, boxes)));
}

async function viewFile(
  strapi: Core.Strapi,
  { file, job, status }: ReadAsset,
  boxes: Map<string, FileView['box']>,
): Promise<FileView> {
  const presets = Object.keys(getApp(strapi).config.presets);
  const matte = status.variants.find(({ key }) => key === MATTE_KEY);
  const { id, documentId, name, mime, width, height } = file;
  const { state, reason, engine, model, confidence, review, stale } = status;
  return {
    ...{ id, documentId, name, mime, width, height },
    url: await signedUrl(strapi, file).catch(() => file.url),
    ...{ status: state, reason, engine, model, confidence, review },
    box: boxes.get(matteOf(file) ?? '') ?? null,
    stale,
    variants: status.variants
      .filter(({ key }) => key !== MATTE_KEY)
      .map((view) => ({ preset: presetOf(view.key, presets), ...view })),
    matte: matte ? pictureOf(matte) : null,
    job: job && viewJob(job),
  };
}

const pictureOf = ({ url, mime, width, height, size }: VariantView) => ({ url, mime, width, height, size });

/** The stored matte that the asset's copy was made of. */
const matteOf = ({ formats }: FileRow): string | undefined => formats?.[MATTE_KEY]?.cutout?.matte;

async function boxesOf(strapi: Core.Strapi, files: FileRow[]): Promise<Map<string, FileView['box']>> {
  const hashes = files.flatMap((file) => matteOf(file) ?? []);
  if (hashes.length === 0) return new Map();
  const where = { hash: { $in: [...new Set(hashes)] } };
  const rows = (await strapi.db.query(MATTE).findMany({ select: ['hash', 'subject'], where })) as MatteRow[];
  return new Map(
    rows.map(({ hash, subject }) => {
      if (!subject) return [hash, null];
      const { left, top, width, height } = subject;
      return [hash, { x: left, y: top, width, height }];
    }),
  );
}

/** A preset may have gone from the configuration since; its variants keep its name. */
function presetOf(key: string, presets: readonly string[]): string {
  const known =
    presets.find((preset) => variantKey(preset) === key) ?? presets.find((one) => belongsToPreset(key, one));
  return known ?? (key === 'cutout' ? 'default' : key.slice('cutout_'.length));
}

export function viewJob(job: JobRow): JobView {
  const { id, fileId, state, engine, presets, source, reasonCode, reasonMessage, attempts } = job;
  return {
    ...{ id, fileId, state, engine, presets, source },
    reason: reasonCode === null ? null : { code: reasonCode, message: reasonMessage ?? '' },
    attempts,
    progress: job.progress?.progress ?? null,
    retryAt: state === 'queued' && reasonCode !== null ? iso(job.runAt) : null,
    durationMs: job.timings?.total ?? null,
    createdAt: iso(job.createdAt),
    startedAt: job.startedAt === null ? null : iso(job.startedAt),
    finishedAt: job.finishedAt === null ? null : iso(job.finishedAt),
  };
}

const iso = (at: Date | string | number): string => new Date(at).toISOString();
