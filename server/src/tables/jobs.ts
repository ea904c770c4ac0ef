import type { EngineId, EngineName, JobSource, JobState } from '../words';
import { belongsToFile, fileReference, timestamps } from './shared';

export const JOB = 'plugin::cutout.job';

/** How far a transfer of the job's picture is; bytes, and 0…1 where the whole is known. */
export interface JobProgress {
  phase: 'upload' | 'download';
  loaded: number;
  total: number | null;
  progress: number | null;
}

/** One durable unit of work: these presets of this asset's bytes by this engine. */
export interface JobRow {
  id: number;
  fileId: number;
  /** The asset's version the job was planned for. */
  version: number;
  engine: EngineName;
  presets: string[];
  /** Hash of all that was asked; the same ask for the same bytes makes no second job. */
  ask: string;
  source: JobSource;
  /** Make the matte anew even though one is stored. */
  force: boolean;
  /** Compose from the matte that the asset has, whatever engine made it: only options have changed. */
  composeOnly: boolean;
  /** Of the due jobs the lowest goes first, see `priorityOf` in words.ts. */
  priority: number;
  /** The bulk run it belongs to. */
  bulk: number | null;
  state: JobState;
  attempts: number;
  /** How often in a row it waited for a reason that passes by itself. */
  waits: number;
  /** Not taken before this moment. */
  runAt: Date | string | number;
  /**
   * Due jobs of a priority are taken in this order: when it was planned, or later where it waited or a costly one lets
   * others pass. Never before `runAt`, so that a range of turns leaves out what waits.
   */
  turnAt: Date | string | number;
  createdAt: Date | string | number;
  updatedAt: Date | string | number;
  leaseToken: string | null;
  leaseUntil: Date | string | number | null;
  /** SHA-256 of the bytes it worked on; null until they were read. */
  sourceHash: string | null;
  reasonCode: string | null;
  reasonMessage: string | null;
  /** Engine and model that did it, and why they were chosen. */
  chosen: { engine: EngineId; model: string; why: string } | null;
  progress: JobProgress | null;
  timings: Record<string, number> | null;
  startedAt: Date | string | number | null;
  finishedAt: Date | string | number | null;
}

export const jobTable = {
  uid: JOB,
  tableName: 'cutout_jobs',
  singularName: 'cutout-job',
  attributes: {
    id: { type: 'increments' },
    fileId: fileReference,
    version: { type: 'integer', column: { notNullable: true } },
    engine: { type: 'string' },
    presets: { type: 'json' },
    ask: { type: 'string' },
    source: { type: 'string' },
    force: { type: 'boolean', default: false },
    composeOnly: { type: 'boolean', default: false },
    priority: { type: 'integer', default: 10 },
    bulk: { type: 'integer' },
    state: { type: 'string', default: 'queued', column: { notNullable: true } },
    attempts: { type: 'integer', default: 0 },
    waits: { type: 'integer', default: 0 },
    sourceHash: { type: 'string' },
    runAt: { type: 'datetime', default: () => new Date() },
    turnAt: { type: 'datetime', default: () => new Date() },
    leaseToken: { type: 'string' },
    leaseUntil: { type: 'datetime' },
    reasonCode: { type: 'string' },
    reasonMessage: { type: 'text' },
    chosen: { type: 'json' },
    progress: { type: 'json' },
    timings: { type: 'json' },
    startedAt: { type: 'datetime' },
    finishedAt: { type: 'datetime' },
    ...timestamps,
  },
  indexes: [
    // The claim's: those whose turn has come, those that let others pass, those whose lease is gone.
    { name: 'cutout_jobs_turn_idx', columns: ['state', 'engine', 'priority', 'turn_at', 'id'] },
    { name: 'cutout_jobs_pass_idx', columns: ['state', 'engine', 'priority', 'run_at'] },
    { name: 'cutout_jobs_lease_idx', columns: ['state', 'lease_until'] },
    { name: 'cutout_jobs_reason_idx', columns: ['state', 'reason_code', 'run_at'] },
    { name: 'cutout_jobs_written_idx', columns: ['state', 'updated_at', 'id'] },
    // What changed since a moment, whatever its state.
    { name: 'cutout_jobs_changed_idx', columns: ['updated_at', 'id'] },
    { name: 'cutout_jobs_bulk_idx', columns: ['bulk', 'state'] },
    { name: 'cutout_jobs_file_idx', columns: ['file_id', 'id'] },
  ],
  foreignKeys: [belongsToFile('cutout_jobs')],
};
