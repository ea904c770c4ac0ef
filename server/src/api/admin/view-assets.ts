import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { MATTE_KEY, previewedKey, THUMBNAIL_KEY } from '../../assets/keys';
import { readWants } from '../../rules/read-wants';
import type { Wants } from '../../rules/wants';
import { MATTE, type MatteRow } from '../../tables/mattes';
import type { AssetWish } from '../../words';
import type { AssetRights, AssetView } from '../contracts';
import { reasonValues } from '../reason-values';
import { readAssets, type ReadAsset, toView } from '../status';
import { type FileAccess, mayCost } from './rights';

/** How assets stand, and what the person who asks may do with each, in a handful of queries however many they are. */
export async function viewAssets(strapi: Core.Strapi, accesses: readonly FileAccess[]): Promise<AssetView[]> {
  const read = await readAssets(
    strapi,
    accesses.map(({ file }) => file.id),
  );
  const asked = await wantsOf(strapi, accesses, (id) => ({ wish: read.get(id)?.asset?.wish ?? null, optedOut: false }));
  const rights = await rightsOf(strapi, accesses, read, asked);
  const paid = await paidBytes(strapi, [...read.values()]);
  const hasKey = getApp(strapi).config.remote.apiKey !== null;
  const views = accesses.map(async ({ file }) => {
    const asset = read.get(file.id);
    const may = rights.get(file.id);
    if (!asset || !may) return [];
    const { status, job, wants } = asset;
    const remoteCredits = paid.has(bytesOf(asset) ?? job?.sourceHash ?? '') ? 0 : 1;
    const isRemote = hasKey && (asked.get(file.id)?.engine ?? 'local') !== 'local';
    return {
      ...status,
      reasonValues: reasonValues(status.reason?.code, { config: getApp(strapi).config, wants }),
      thumbnail: await thumbnailOf(strapi, asset),
      optedOut: asset.asset?.optedOut ?? false,
      accepted: asset.file.formats?.[MATTE_KEY]?.cutout?.accepted === true,
      corrected: asset.file.formats?.[MATTE_KEY]?.cutout?.corrected === true,
      remoteCredits,
      runCredits: isRemote ? remoteCredits : 0,
      may,
    };
  });
  return (await Promise.all(views)).flat();
}

/** A picture of a variant that is not the one to show any more is none. */
async function thumbnailOf(strapi: Core.Strapi, { file }: ReadAsset): Promise<AssetView['thumbnail']> {
  const formats = file.formats ?? {};
  const entry = formats[THUMBNAIL_KEY];
  const shown = formats[previewedKey(Object.keys(formats)) ?? ''];
  return entry && shown && entry.cutout?.of === shown.hash ? toView(strapi, THUMBNAIL_KEY, entry) : null;
}

const bytesOf = ({ file }: ReadAsset): string | undefined => file.formats?.[MATTE_KEY]?.cutout?.source;

/** Hashes of those of the assets' bytes that have a matte of the Rembg API. */
async function paidBytes(strapi: Core.Strapi, assets: readonly ReadAsset[]): Promise<Set<string>> {
  const hashes = new Set(assets.flatMap((asset) => bytesOf(asset) ?? asset.job?.sourceHash ?? []));
  if (hashes.size === 0) return new Set();
  const where = { sourceHash: { $in: [...hashes] }, engine: 'remote', state: 'stored', parentId: null };
  const rows = (await strapi.db.query(MATTE).findMany({ select: ['sourceHash'], where })) as MatteRow[];
  return new Set(rows.map(({ sourceHash }) => sourceHash));
}

const NONE: AssetRights = { run: false, force: false, forgetWish: false, local: false, remote: false, remove: false };

type Wanted = Map<number, Wants | null>;

const wantsOf = (
  strapi: Core.Strapi,
  accesses: readonly FileAccess[],
  asset: (id: number) => { wish: AssetWish | null; optedOut: boolean },
): Promise<Wanted> =>
  readWants(
    strapi,
    getApp(strapi).config.rules,
    accesses.map(({ file: { id, folderPath } }) => ({ id, folderPath, asset: asset(id) })),
  );

/** @param asked what is wanted when a person asks: an upload's opt-out counts no more then */
async function rightsOf(
  strapi: Core.Strapi,
  accesses: readonly FileAccess[],
  read: Map<number, ReadAsset>,
  asked: Wanted,
): Promise<Map<number, AssetRights>> {
  const hasKey = getApp(strapi).config.remote.apiKey !== null;
  const editors = accesses.filter((access) => access.can('edit') && !access.can('pay'));
  const wishless = await wantsOf(strapi, editors, (id) => ({
    wish: null,
    optedOut: read.get(id)?.asset?.optedOut ?? false,
  }));
  const isFree = ({ file }: FileAccess, wants: Wanted) => !mayCost(wants.get(file.id)?.engine, file, hasKey);
  return new Map(
    accesses.map((access): [number, AssetRights] => {
      const { id } = access.file;
      if (!access.can('edit')) return [id, NONE];
      const free = { local: true, remove: true };
      if (access.can('pay')) return [id, { ...free, run: true, force: true, forgetWish: true, remote: hasKey }];
      return [id, { ...NONE, ...free, run: isFree(access, asked), forgetWish: isFree(access, wishless) }];
    }),
  );
}
