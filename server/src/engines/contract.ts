import type { JobSource, Reason } from '../words';
import type { MatteFile } from '../imaging/picture';
import type { ModelSource } from './local/model-source';
import type { OnProgress } from './remote/progress';

/** The bytes of an asset, copied for the job. */
export interface Original {
  path: string;
  /** Hex. */
  sha256: string;
  bytes: number;
}

/** Whose work the matte is, for the ledger. */
export interface MatteOwner {
  id: number;
  fileId: number;
  source: JobSource;
  /** A person asked for it although nothing changed. */
  force: boolean;
}

export interface MatteRequest {
  job: MatteOwner;
  original: Original;
  /** Existing folder of the job's own, gone when the job ends. */
  workDir: string;
  signal: AbortSignal;
  onProgress?: OnProgress;
}

export interface PreparedMatte {
  /** The local engine's matte is made where the picture is composed, in one go with it; the remote one is a file. */
  source: ModelSource | MatteFile;
  /** Model id; for the remote engine the service's name. Part of what a stored matte is found by. */
  model: string;
  /** Whether it was there already. */
  reused: boolean;
}

/** An engine makes mattes and nothing else, so that every compose option means the same with each of them. */
export interface Engine {
  readonly name: 'local' | 'remote';
  /** Names the model without any work, to look for a stored matte first. */
  readonly model: string;
  prepare(request: MatteRequest): Promise<PreparedMatte>;
  /** What keeps the engine from working, found at its last try; null when nothing is known. */
  problem(): Reason | null;
}
