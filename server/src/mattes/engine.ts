import type { Box, PictureFile } from '../imaging/picture';
import type { CutoutResult } from '../pool/contract';
import type { OnProgress } from '../engines/remote/progress';
import type { Original } from '../storage/original';
import type { Effort, EngineId, JobSource, Reason } from '../words';

/** Whose work the matte is, for the ledger. */
export interface MatteOwner {
  id: number;
  fileId: number;
  source: JobSource;
  /** The bulk run it belongs to, which may have credits of its own. */
  bulk: number | null;
  /** A person asked for it although nothing changed: what was decided once may cost once. */
  force: boolean;
  /** Of its picture tasks, see `RunOptions` of the pool. */
  priority: number;
  /** Asked for this asset, where the engine has a choice. */
  effort?: Effort | undefined;
}

export interface MatteRequest {
  job: MatteOwner;
  original: Original;
  /** Lift the model's matte along the photo's edges. */
  refine: boolean;
  /** Existing folder of the job's own, gone when the job ends. */
  workDir: string;
  signal: AbortSignal;
  onProgress?: OnProgress | undefined;
}

/** A matte an engine has just made; it is not safe before it is stored. */
export interface MadeMatte {
  picture: Pick<PictureFile, 'path' | 'ext' | 'mime' | 'bytes'> & { width: number; height: number };
  confidence: number | null;
  subject: Box | null;
  /** The ledger's row of the call that paid for it. */
  ledgerId: number | null;
  timings: Partial<CutoutResult['timings']>;
  /** To be called when the matte is stored, or could not be stored: what was reserved for it is settled then. */
  settle(stored: boolean): Promise<void>;
}

/**
 * An engine makes mattes and nothing else, so that every compose option means the same with each of them.
 * `tests/contract/engine.ts` is what every engine must pass.
 */
export interface Engine {
  readonly name: EngineId;
  /** Names the model without any work, to look for a stored matte first. */
  readonly model: string;
  /** Hash of the model's weights; empty where it has none. */
  weights(): string;
  /** Absent where there is no choice. */
  readonly effort?: Effort;
  /** Other models whose stored mattes are as good, so that a changed default makes none of them anew. */
  equals?(): { model: string; weights: string }[];
  /** One matte of the original's bytes. @throws CutoutError of the engine's kind; nothing is left to settle then */
  make(request: MatteRequest): Promise<MadeMatte>;
  /** What keeps the engine as a whole from working, found at its last try; null when nothing is known. */
  problem(): Reason | null;
}
