import { plain } from './plain';

/**
 * Every failure the plugin names. `status` is the HTTP status an API answers with; `retryable` decides whether a job
 * tries again; `skip` marks what is no fault at all: the picture is of a kind that gets no cutout.
 */
export interface ErrorSpec {
  readonly status: number;
  readonly retryable: boolean;
  readonly skip?: true;
  /** The job comes back at `retryAt`, which costs it no attempt. */
  readonly waits?: true;
  /** A person has to decide; the job is held until then. */
  readonly asks?: true;
}

const fault = (status: number): ErrorSpec => ({ status, retryable: false });
const passing = (status: number): ErrorSpec => ({ status, retryable: true });
const waiting = (status: number): ErrorSpec => ({ status, retryable: true, waits: true });
const asking = (status: number): ErrorSpec => ({ status, retryable: false, asks: true });
const skipped: ErrorSpec = { status: 422, retryable: false, skip: true };

export const errorSpecs = {
  'config.invalid': fault(500),
  'strapi.too-old': fault(500),
  'options.invalid': fault(400),

  /** Somebody else was faster. */
  'settings.changed': fault(409),
  /** The configuration's file or the environment says what it is. */
  'settings.locked': fault(409),
  /** Strapi has no key to encrypt a secret with. */
  'settings.no-encryption': fault(409),

  'asset.missing': fault(404),
  'asset.forbidden': fault(403),

  'job.missing': fault(404),
  /** What is asked of a job does not go with its state. */
  'job.state': fault(409),
  'variant.missing': fault(404),
  /** A field or rule wants it: taken away, it would come back. */
  'variant.wanted': fault(409),
  /** As many pictures are being made, and wait for it, as may. */
  'render.busy': passing(503),

  /** One caller has as many streams of events open as it may; or all callers together have. */
  'stream.too-many': fault(429),
  'stream.full': fault(503),

  'ledger.missing': fault(404),
  /** The call's outcome is known by now, and it is another one. */
  'ledger.state': fault(409),

  'bulk.missing': fault(404),
  /** What is asked of a bulk run does not go with its state. */
  'bulk.state': fault(409),

  /** A replace may be under way: of most providers' files it deletes the old one before it stores the new one. */
  'source.missing': passing(404),
  'source.unreadable': waiting(502),
  'source.empty': fault(400),
  'source.truncated': fault(400),
  'source.not-an-image': { status: 400, retryable: false, skip: true },
  'source.too-large': skipped,
  'source.too-many-pixels': skipped,
  'source.svg': skipped,
  'source.animated': skipped,
  'source.unsupported': skipped,
  'source.already-transparent': skipped,

  // They pass when somebody puts the weights in place or mends the configuration.
  'model.unknown': waiting(500),
  'model.missing': waiting(503),
  'model.corrupt': waiting(503),
  'model.download-failed': waiting(503),
  'model.license': waiting(403),
  'model.cache': waiting(503),
  'model.incompatible': waiting(500),
  /** The ONNX runtime has no build for this machine. */
  'model.unsupported-platform': waiting(503),
  'model.runtime-missing': waiting(503),

  /** The model found nothing in the picture; stretched, its noise would be a ghost of one. */
  'matte.no-subject': skipped,
  /** Less sure than the caller of the command line wants it. */
  'matte.unsure': skipped,
  /** A stored matte cannot be read as a picture; what was paid for is made anew only when a person says so. */
  'matte.damaged': asking(502),

  'worker.crashed': passing(503),
  'worker.timeout': passing(504),
  'worker.failed': fault(500),
  /** Disk, memory or open files of this machine; somebody makes room. */
  'machine.short': waiting(503),

  // Rows of the Rembg error table (engines/remote/errors.ts). What the service says about the API key is no fault of
  // whoever asked this server, so it leaves as 502: a 401 would sign an admin out.
  'remote.no-image': fault(400),
  'remote.no-file': fault(400),
  'remote.unsupported-type': fault(400),
  'remote.corrupt-image': fault(400),
  'remote.empty-file': fault(400),
  'remote.file-too-large': fault(400),
  'remote.too-wide': fault(400),
  'remote.too-tall': fault(400),
  'remote.size-not-integer': fault(400),
  'remote.size-too-small': fault(400),
  'remote.size-too-large': fault(400),
  'remote.angle-not-number': fault(400),
  'remote.angle-out-of-range': fault(400),
  'remote.bad-format': fault(400),
  'remote.bad-color': fault(400),
  'remote.mask-with-color': fault(400),
  'remote.email-not-verified': waiting(502),
  'remote.invalid-key': waiting(502),
  'remote.key-and-token': fault(502),
  'remote.rate-limited': waiting(503),
  'remote.daily-limit': waiting(503),
  'remote.monthly-limit': waiting(503),
  // What the table does not name.
  'remote.invalid-input': fault(400),
  'remote.forbidden': waiting(502),
  'remote.rejected': fault(502),
  'remote.redirected': fault(502),
  'remote.unreachable': waiting(503),
  'remote.timeout': waiting(504),
  'remote.server-error': waiting(502),
  'remote.bad-answer': waiting(502),
  'remote.outcome-unknown': asking(502),
  'remote.picture-lost': asking(502),
  'remote.not-configured': waiting(503),
  /** Another job is paying for the same bytes at this moment. */
  'remote.in-flight': waiting(409),

  'budget.reached': waiting(503),
  /** The credits that were set aside for a bulk run are used up. */
  'budget.bulk': waiting(503),
  'budget.reserve': waiting(503),
  'budget.balance-unknown': waiting(503),

  'job.cancelled': fault(409),
  // No fault: whatever made the job's work obsolete has planned what is wanted instead.
  'job.stale': { status: 409, retryable: false, skip: true },
  'job.failed': passing(500),
  /** What was wanted of the asset has changed since; its newer wants have a job of their own. */
  'job.superseded': { status: 409, retryable: false, skip: true },

  /** The machine's temporary folder cannot be written; it can again when somebody makes room. */
  'temp.unavailable': waiting(503),

  // The command line's results.
  'output.exists': { status: 409, retryable: false, skip: true },
  'output.failed': fault(500),

  // The upload provider.
  'store.failed': waiting(502),
  'storage.gone': fault(404),
  'storage.unavailable': waiting(503),
  'database.unavailable': waiting(503),
} as const satisfies Record<string, ErrorSpec>;

export type ErrorCode = keyof typeof errorSpecs;

/** One invalid field of an input, in the words the caller sees. */
export interface FieldIssue {
  field: string;
  message: string;
}

/** What crosses a process or HTTP border: plain JSON, no stack. */
export interface ErrorJson {
  code: ErrorCode;
  message: string;
  details?: FieldIssue[];
}

export class CutoutError extends Error {
  readonly status: number;
  readonly retryable: boolean;
  readonly skip: boolean;
  readonly waits: boolean;
  readonly asks: boolean;
  readonly details: FieldIssue[] | undefined;
  /** Earliest time another try makes sense, milliseconds since the epoch; null when nobody said. */
  readonly retryAt: number | null;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: { cause?: unknown; details?: FieldIssue[]; retryAt?: number | null } = {},
  ) {
    super(plain(message), options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'CutoutError';
    const spec: ErrorSpec = errorSpecs[code];
    this.status = spec.status;
    this.retryable = spec.retryable;
    this.skip = spec.skip ?? false;
    this.waits = spec.waits ?? false;
    this.asks = spec.asks ?? false;
    this.details = options.details?.map(({ field, message }) => ({
      field: plain(field, 200),
      message: plain(message),
    }));
    this.retryAt = options.retryAt ?? null;
  }

  toJSON(): ErrorJson {
    return { code: this.code, message: this.message, ...(this.details ? { details: this.details } : {}) };
  }

  /** @param detail what lay behind it in the other process, see `detailOf` */
  static fromJSON(json: ErrorJson, detail?: string): CutoutError {
    const cause = detail === undefined ? {} : { cause: new Error(detail) };
    return new CutoutError(json.code, json.message, { ...cause, ...(json.details ? { details: json.details } : {}) });
  }
}

/** The message of anything that was thrown, as one plain line without the server's paths. */
export function messageOf(error: unknown): string {
  // Not by `instanceof`: what crossed a process border is a plain object, and the system throws from another realm.
  if (typeof error !== 'object' || error === null || !('message' in error)) return plain(String(error));
  const { message, syscall, path } = error as NodeJS.ErrnoException;
  // "EACCES: permission denied, open '/srv/…'": what comes after the reason is of use to nobody who may read it.
  const end = syscall !== undefined && path !== undefined ? message.indexOf(`, ${syscall}`) : -1;
  return plain(end > 0 ? message.slice(0, end) : String(message));
}

const LONGEST_DETAIL = 2000;

/** What lay behind an error, in the words of whoever failed: for the debug log alone, since it names paths. */
export function detailOf(error: unknown): string | undefined {
  const said: string[] = [];
  for (let cause = error instanceof Error ? error.cause : undefined; cause instanceof Error && said.length < 5;) {
    said.push(cause.message.trim().replace(/\s+/g, ' '));
    cause = cause.cause;
  }
  return said.length === 0 ? undefined : said.join(' < ').slice(0, LONGEST_DETAIL);
}
