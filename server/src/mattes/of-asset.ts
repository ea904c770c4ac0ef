import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import { CutoutError } from '../errors';
import type { AssetFile, Original } from '../storage/original';
import { MATTE, type MatteRow } from '../tables/mattes';
import { adoptMatte } from './adopt';
import type { MatteOwner } from './engine';
import { fetchMatte } from './fetch';
import type { ObtainedMatte } from './obtain';
import type { MatteTable } from './table';

export interface OfAssetRequest {
  job: Pick<MatteOwner, 'fileId' | 'source'>;
  file: AssetFile;
  original: Original;
  workDir: string;
  signal: AbortSignal;
}

/**
 * The matte that an asset has, whatever engine or person made it: to compose anew from it asks no engine. Where it is
 * lost, another one is for a person to ask for, since that may cost a credit.
 * @throws CutoutError `variant.missing`, `job.stale`
 */
export type OfAsset = (request: OfAssetRequest) => Promise<ObtainedMatte>;

export function createOfAsset(strapi: Core.Strapi, table: MatteTable): OfAsset {
  const rowOf = async (hash: string | undefined): Promise<MatteRow | null> =>
    hash === undefined
      ? null
      : ((await strapi.db.query(MATTE).findOne({ where: { hash, state: 'stored' } })) as MatteRow | null);

  return async ({ job, file, original, workDir, signal }) => {
    const own = file.formats?.[MATTE_KEY]?.cutout;
    if (own && own.source !== original.sha256) {
      throw new CutoutError('job.stale', 'The asset was replaced meanwhile: its matte is of other bytes.');
    }
    const row = (await table.findCorrected(job.fileId, original.sha256)) ?? (await rowOf(own?.matte));
    const path = row?.format ? await fetchMatte(strapi, row.format, workDir, signal) : null;
    if (row && path !== null) return { row, path, reused: true, timings: {} };
    // As after a transfer: only the asset tells of it.
    const { source: sourceHash, engine, model, weights = '', effort } = own ?? {};
    if (sourceHash && engine && model) {
      const key = {
        sourceHash,
        engine,
        model,
        weights,
        ...(engine === 'local' ? { effort: effort ?? 'balanced' } : {}),
      };
      const adopted = await adoptMatte(strapi, table, { key, file, source: job.source, workDir, signal });
      if (adopted) return { ...adopted, reused: true, timings: {} };
    }
    throw new CutoutError('variant.missing', `The matte of asset ${job.fileId} is not where it was stored.`);
  };
}
