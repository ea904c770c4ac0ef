import { randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { hashFile } from '../hash-file';
import type { PictureFile } from '../imaging/picture';
import { deleteFile, putFile } from '../storage/provider';
import { untilItEnds } from '../signals';
import { type FormatEntry, type Provenance, STORED_FILE } from '../tables/files';
import { variantHash } from './stored-name';

export interface StoreRequest {
  file: { id: number; name: string; hash: string };
  jobId: number;
  key: string;
  picture: PictureFile;
  provenance: Provenance;
  signal: AbortSignal;
}

/**
 * Uploads one picture through Strapi's provider and returns its entry for `formats`. The name carries a hash of the
 * content, so that a URL never shows two pictures, and a few random digits, so that no attempt writes over a file that
 * visitors load, and no sweep deletes by its name what another attempt stored.
 * @throws CutoutError `store.failed` when the provider refuses or fails, `job.stale` when nobody wants it any more.
 */
export async function storePicture(strapi: Core.Strapi, request: StoreRequest): Promise<FormatEntry> {
  const { file, jobId, key, picture, provenance, signal } = request;
  const content = (await hashFile(picture.path)).slice(0, 10);
  const hash = variantHash(file.hash, `${key}_${content}${randomBytes(2).toString('hex')}`, picture.ext);
  const { id } = (await strapi.db.query(STORED_FILE).create({
    data: {
      fileId: file.id,
      jobId,
      key,
      hash,
      ext: picture.ext,
      sourceHash: provenance.source,
      engine: provenance.engine,
      model: provenance.model,
    },
  })) as { id: number };
  const entity = {
    name: `${key}_${baseName(file.name)}${picture.ext}`,
    hash,
    ext: picture.ext,
    mime: picture.mime,
    path: null,
    width: picture.width,
    height: picture.height,
    size: Math.round(picture.bytes / 10) / 100,
    sizeInBytes: picture.bytes,
    getStream: () => createReadStream(picture.path),
  };
  // A file on its way arrives, so that whoever deletes what nobody wants any more does not come before it.
  const entry = await putFile(strapi, entity, untilItEnds(signal));
  const format: FormatEntry = { ...entry, cutout: provenance };
  const data = { format, updatedAt: new Date() };
  const { count } = await strapi.db.query(STORED_FILE).updateMany({ where: { id, jobId }, data });
  if (count === 0) {
    // The sweep gave the file up while it was on its way: its asset was deleted, or another process took the job.
    await deleteFile(strapi, format);
    await strapi.db.query(STORED_FILE).deleteMany({ where: { id } });
    throw new CutoutError('job.stale', 'The asset was deleted, or its cutouts removed, while they were stored.');
  }
  return format;
}

const baseName = (name: string) => name.replace(/\.[^.]+$/, '');
