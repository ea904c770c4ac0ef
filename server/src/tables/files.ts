import type { Effort, EngineId } from '../words';
import { fileReference, timestamps } from './shared';

export const STORED_FILE = 'plugin::cutout.stored-file';
/** `jobId` of a file that no job stores any more. */
export const NO_JOB = 0;

/**
 * One row for each file the plugin puts into the upload provider, written before the file is: whatever moment the
 * process dies at, the sweep finds what no asset refers to and deletes it. No foreign key, since a row must outlive
 * its asset until its file is gone. Mattes are found here by the bytes they belong to.
 */
export interface StoredFileRow {
  id: number;
  fileId: number;
  jobId: number;
  /** Key in the asset's `formats`. */
  key: string;
  hash: string;
  ext: string;
  /** The complete entry for `formats`; null until the provider has taken the file. */
  format: FormatEntry | null;
  sourceHash: string;
  engine: EngineId;
  model: string;
  createdAt: Date | string | number;
  updatedAt: Date | string | number;
}

/** What the plugin notes in the entry itself, so that it travels with `strapi transfer` and `export`. */
export interface Provenance {
  /** SHA-256 of the original's bytes. */
  source: string;
  /** Hash of the compose options; absent on a matte. */
  options?: string;
  engine: EngineId;
  model: string;
  /** 0…1, on a matte. */
  confidence?: number;
  /** Hash of the model's weights, where it has one. */
  weights?: string;
  /** What the local engine took upon itself; absent for `balanced`, and on all of the service's. */
  effort?: Effort;
  /** On a variant that was made while `refine` was switched off. */
  unrefined?: true;
  /** On the small picture for the admin: `hash` of the variant that it shows. */
  of?: string;
  /** On a matte: the stored one that it is a copy of, and whether a person corrected that. */
  matte?: string;
  corrected?: true;
  /** On a matte: a person looked at it and takes it as it is. */
  accepted?: true;
}

/** One value of a file's `formats`, as the upload plugin writes it. */
export interface FormatEntry {
  name: string;
  hash: string;
  ext: string;
  mime: string;
  path: null;
  width: number;
  height: number;
  /** KB. */
  size: number;
  sizeInBytes: number;
  url: string;
  cutout?: Provenance;
  provider_metadata?: unknown;
}

export const storedFileTable = {
  uid: STORED_FILE,
  tableName: 'cutout_files',
  singularName: 'cutout-stored-file',
  attributes: {
    id: { type: 'increments' },
    fileId: fileReference,
    jobId: { type: 'integer', column: { unsigned: true, notNullable: true } },
    key: { type: 'string' },
    hash: { type: 'string' },
    ext: { type: 'string' },
    format: { type: 'json' },
    sourceHash: { type: 'string' },
    engine: { type: 'string' },
    model: { type: 'string' },
    ...timestamps,
  },
  indexes: [
    { name: 'cutout_files_file_idx', columns: ['file_id'] },
    { name: 'cutout_files_source_idx', columns: ['source_hash', 'engine', 'model'] },
  ],
};
