import type { Box } from '../imaging/picture';
import type { Effort, EngineId, JobSource } from '../words';
import type { FormatEntry } from './files';
import { timestamps } from './shared';

export const MATTE = 'plugin::cutout.matte';

/**
 * `storing`: its file is on the way. `stored`: it can be used. `damaged`: its file cannot be read as a picture.
 * `gone`: the provider says that its file is not there. `replaced`: a person had it made anew, or took a correction back.
 */
export type MatteState = 'storing' | 'stored' | 'damaged' | 'gone' | 'replaced';

/** One matte of one set of bytes. Its file is its own; an asset's `cutout_matte` is a copy that lives with the asset. */
export interface MatteRow {
  id: number;
  /** SHA-256 of the original's bytes. */
  sourceHash: string;
  engine: EngineId;
  model: string;
  /** Hash of the model's weights; empty where they have none, as with the service. */
  weights: string;
  /** What the local engine took upon itself; null for `balanced`, and on all of the service's. */
  effort: Effort | null;
  /** Unique among stored mattes that an engine made: these bytes by this engine, weights and effort. Null on all others. */
  claim: string | null;
  /** The matte that a person corrected to make this one, and the asset it belongs to. */
  parentId: number | null;
  fileId: number | null;
  state: MatteState;
  hash: string;
  ext: string;
  /** The provider's entry; null until it has taken the file. */
  format: FormatEntry | null;
  /** 0…1; null until it was composed once. */
  confidence: number | null;
  /** Box of the subject in pixels of the oriented original. */
  subject: Box | null;
  /** Hash in the name of the asset's copy that it was adopted from. */
  adoptedFrom: string | null;
  /** The ledger's row of the call that paid for it. */
  ledgerId: number | null;
  /** What it was made for, and by whom where a person made it. */
  source: JobSource | null;
  madeBy: string | null;
  /** When a job last composed from it, by the database's clock. */
  usedAt: Date | string | number;
  createdAt: Date | string | number;
}

export const matteTable = {
  uid: MATTE,
  tableName: 'cutout_mattes',
  singularName: 'cutout-matte',
  attributes: {
    id: { type: 'increments' },
    sourceHash: { type: 'string', column: { notNullable: true } },
    engine: { type: 'string', column: { notNullable: true } },
    model: { type: 'string', column: { notNullable: true } },
    weights: { type: 'string', default: '' },
    effort: { type: 'string' },
    claim: { type: 'string' },
    parentId: { type: 'integer', column: { unsigned: true } },
    fileId: { type: 'integer', column: { unsigned: true } },
    state: { type: 'string', column: { notNullable: true } },
    hash: { type: 'string' },
    ext: { type: 'string' },
    format: { type: 'json' },
    confidence: { type: 'float' },
    subject: { type: 'json' },
    adoptedFrom: { type: 'string' },
    ledgerId: { type: 'integer', column: { unsigned: true } },
    source: { type: 'string' },
    madeBy: { type: 'string' },
    usedAt: { type: 'datetime' },
    ...timestamps,
  },
  indexes: [
    { name: 'cutout_mattes_claim_uq', type: 'unique', columns: ['claim'] },
    { name: 'cutout_mattes_source_idx', columns: ['source_hash', 'state'] },
    { name: 'cutout_mattes_ledger_idx', columns: ['ledger_id'] },
    { name: 'cutout_mattes_file_idx', columns: ['file_id'] },
    { name: 'cutout_mattes_sweep_idx', columns: ['state', 'used_at'] },
  ],
};
