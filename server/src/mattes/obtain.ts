import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { CutoutResult } from '../pool/contract';
import type { AssetFile } from '../storage/original';
import type { MatteRow } from '../tables/mattes';
import { adoptMatte } from './adopt';
import type { Engine, MatteOwner, MatteRequest } from './engine';
import { fetchMatte } from './fetch';
import { keepMatte } from './keep';
import type { MatteKey, MatteTable } from './table';

export interface ObtainRequest extends MatteRequest {
  file: AssetFile;
  engine: Engine;
  /** Make it anew although one is stored; what was paid for is kept all the same. */
  anew: boolean;
}

/** A stored matte, and a copy of it to compose from. */
export interface ObtainedMatte {
  row: MatteRow;
  path: string;
  /** Whether it was there already. */
  reused: boolean;
  /** Of its making. */
  timings: Partial<CutoutResult['timings']>;
}

export type Obtain = (request: ObtainRequest) => Promise<ObtainedMatte>;

/** Of an engine's matte of these bytes. */
export const keyOf = ({ engine, original, job }: KeyRequest): MatteKey => ({
  sourceHash: original.sha256,
  engine: engine.name,
  model: engine.model,
  weights: engine.weights(),
  ...(engine.effort ? { effort: job.effort ?? engine.effort } : {}),
});

type KeyRequest = Pick<ObtainRequest, 'engine' | 'original'> & { job: Pick<MatteOwner, 'effort'> };

/**
 * From bytes and an engine to a stored matte: the one a person corrected for this asset, the one that is stored, the one
 * that the asset brought along, or a new one, which is stored before anything is made of it. Whatever dies afterwards,
 * any node goes on from there.
 * @throws CutoutError `storage.unavailable` or `store.failed` when the provider is away, and what the engine throws
 */
export function createObtain(strapi: Core.Strapi, table: MatteTable): Obtain {
  const fetched = async (row: MatteRow | null, request: ObtainRequest): Promise<ObtainedMatte | null> => {
    if (!row?.format) return null;
    const path = await fetchMatte(strapi, row.format, request.workDir, request.signal);
    if (path !== null) return { row, path, reused: true, timings: {} };
    strapi.log.warn(`[cutout] the stored matte ${row.hash}${row.ext} is not where the upload provider stores it.`);
    await table.putAside(row.id, 'gone');
    return null;
  };

  const stored = async (request: ObtainRequest): Promise<ObtainedMatte | null> => {
    const { engine, file, job, workDir, signal } = request;
    const own = keyOf(request);
    for (const key of [own, ...(engine.equals?.() ?? []).map((equal) => ({ ...own, ...equal }))]) {
      const known = await fetched(await table.find(key), request);
      if (known) return known;
      const adopted = await adoptMatte(strapi, table, { key, file, source: job.source, workDir, signal });
      if (adopted) return { ...adopted, reused: true, timings: {} };
    }
    return null;
  };

  const made = async (request: ObtainRequest): Promise<ObtainedMatte> => {
    const { engine, job, anew } = request;
    const workDir = join(request.workDir, engine.name);
    await mkdir(workDir, { recursive: true });
    const { picture, confidence, subject, ledgerId, timings, settle } = await engine.make({ ...request, workDir });
    let row: MatteRow | null = null;
    try {
      const facts = { picture, confidence, subject, ledgerId, source: job.source, anew };
      row = await keepMatte(strapi, table, { key: keyOf(request), ...facts });
    } finally {
      await settle(row !== null);
    }
    return { row, path: picture.path, reused: false, timings };
  };

  return async (request) => {
    const corrected = await table.findCorrected(request.job.fileId, request.original.sha256);
    const own = await fetched(corrected, request);
    if (own) return own;
    // A local run is free: "anew" runs it. What the service was paid for is kept, see the remote engine.
    const mayReuse = !request.anew || request.engine.name === 'remote';
    return (mayReuse ? await stored(request) : null) ?? made(request);
  };
}
