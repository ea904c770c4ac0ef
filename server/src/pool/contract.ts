import type { ErrorJson } from '../errors';
import type { ComposeOptions } from '../options/schema';
import type { Form } from '../engines/local/forms/form';
import type { ModelSource } from '../engines/local/model-source';
import type { Box, MatteFile, PictureFile, SourceLimits } from '../imaging/picture';

/**
 * What the Strapi process and its picture children say to each other. The children speak JSON, so pictures travel as
 * absolute file paths and never as Buffers.
 */

export interface VariantRequest {
  /** Key in the asset's `formats`, e.g. `cutout` or `cutout_card`. */
  key: string;
  options: ComposeOptions;
  /** Absolute path of the background picture that `options.bg_image` names, if any. */
  backgroundPath?: string;
  /** Most pixels that the result may have, where that is less than its format holds. */
  mostPixels?: number;
  /** Key of a small picture of it, which is made beside it unless it is as small itself. */
  thumbnailKey?: string;
}

export interface CutoutTask {
  /** Absolute path of the original. */
  source: string;
  matte: ModelSource | MatteFile;
  limits: SourceLimits;
  /** Lift a matte smaller than the original by the guided filter instead of plain interpolation. */
  refine: boolean;
  /** Existing directory; files are written as `<key>.<ext>` and the matte as `matte.png`. */
  outDir: string;
  /** Whether `matte.png` is written (a fresh matte) or not (a stored one is reused). */
  writeMatte: boolean;
  variants: VariantRequest[];
}

export interface MatteReport {
  /** `null` when it was not written. */
  file: PictureFile | null;
  /** 0…1, how sure the matte looks; see imaging/confidence. */
  confidence: number;
  /** Box of the subject in pixels of the oriented original; `null` for an empty matte. */
  subject: Box | null;
  /** Centre of the subject's mass in per cent of width and height, as Strapi's `focalPoint` wants it. */
  focalPoint: { x: number; y: number } | null;
}

export interface CutoutResult {
  source: { width: number; height: number; format: string };
  matte: MatteReport;
  /** What an operator should know of how the model ran here; null for nothing, and without a model run. */
  remark: string | null;
  /** One per requested variant, one more per width in its `sizes`, with key `<key>_<width>`, and its small picture. */
  variants: (PictureFile & { key: string })[];
  /** Milliseconds by step, rounded. `session` is 0 when the model was warm; `run` is 0 without a model run. */
  timings: { decode: number; session: number; run: number; matte: number; compose: number; encode: number };
}

export interface InspectTask {
  source: string;
  limits: SourceLimits;
  /** What is to be composed of it: refused now if it cannot be. */
  variants?: VariantRequest[];
}
/** Header facts, after EXIF orientation; no pixel is decoded. */
export interface InspectResult {
  format: string;
  width: number;
  height: number;
  hasAlpha: boolean;
  /** Megapixels of a plain picture that cost as much, see imaging/cost. */
  cost: number;
}

/** What a remote service reads; the picture is brought within it. */
export interface ConvertTask {
  /** Absolute path of the original. */
  source: string;
  /** Absolute path without extension for the picture, if one has to be made. */
  output: string;
  /** Formats it reads: `jpeg`, `png`, `webp`, `bmp`, … */
  accept: string[];
  maxWidth: number;
  maxHeight: number;
  maxBytes: number;
  /** Refuses what `cutout` would refuse afterwards, before anybody pays for its matte. */
  limits?: SourceLimits;
}
export interface ConvertResult {
  /** The picture to send: a new one, or the original when it is fine as it is. */
  file: PictureFile;
  converted: boolean;
  /** The original after EXIF orientation. */
  source: { width: number; height: number; format: string };
}

/** A picture that a person made of a matte, brought to the form of all mattes. */
export interface CorrectTask {
  /** Absolute path. */
  source: string;
  limits: SourceLimits;
  /** Of the oriented original. */
  width: number;
  height: number;
  /** Absolute path of the matte that stays where the picture is transparent; null where the picture is the whole matte. */
  under: string | null;
  /** Absolute path of the matte, with its ending. */
  output: string;
}
export type CorrectResult = PictureFile;

/** Copies a file as it is; no picture is looked at. */
export interface CopyTask {
  /** Absolute path. */
  source: string;
  /** Absolute path. */
  target: string;
  maxBytes: number;
  /** The file's own name, for messages. */
  name: string;
}
export interface CopyResult {
  /** Hex. */
  sha256: string;
  bytes: number;
}

/** Tells what a child can load here; no picture is looked at. */
export interface ExamineTask {
  /** Whose form is told if it is known; no model where there is none. */
  model: ModelSource | null;
}
export interface ExamineResult {
  /** Without a version it could not be loaded, and `problem` says why. */
  sharp: { version: string | null; libvips: string | null; problem: string | null };
  runtime: { version: string | null; problem: string | null };
  /** In what numbers the model runs here, and why not in 8 bits; null when nobody has tried it yet. */
  form: { form: Form; why: string | null } | null;
}

/** `detail` is what the libraries said, for the debug log alone; `memoryBytes` is what the child holds after the task. */
export type Answer<T> = ({ ok: true; value: T } | { ok: false; error: ErrorJson; detail?: string | undefined }) & {
  memoryBytes?: number;
};

/** Tasks by name; the worker exports one function per key. */
export interface PoolTasks {
  cutout: { task: CutoutTask; result: CutoutResult };
  inspect: { task: InspectTask; result: InspectResult };
  convert: { task: ConvertTask; result: ConvertResult };
  correct: { task: CorrectTask; result: CorrectResult };
  copy: { task: CopyTask; result: CopyResult };
  examine: { task: ExamineTask; result: ExamineResult };
}
export type TaskName = keyof PoolTasks;

export interface RunOptions {
  /** Wall-clock limit; the child is killed and replaced after it (`worker.timeout`). */
  timeoutMs: number;
  signal?: AbortSignal;
  /** Of the tasks that wait for a child the lowest goes first, see `priorityOf` in words.ts; an upload's when left out. */
  priority?: number;
}

/** What became of the children since the start. */
export interface PoolReport {
  /** Alive now. */
  children: number;
  /** Ended by themselves in the middle of a task. */
  crashed: number;
  /** Ended because a task took too long. */
  stopped: number;
  /** Given up because they held too much memory, or were refused some. */
  replaced: number;
}

export interface Pool {
  run<N extends TaskName>(name: N, task: PoolTasks[N]['task'], options: RunOptions): Promise<PoolTasks[N]['result']>;
  /** Process ids of the children alive now. */
  pids(): number[];
  report(): PoolReport;
  /** Ends every child; running tasks reject with `job.cancelled`. */
  destroy(): Promise<void>;
}
