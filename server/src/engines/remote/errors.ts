import { CutoutError, type ErrorCode, type FieldIssue } from '../../errors';

/** What a failed call cost: nothing for certain, a credit for certain, or nobody can tell. */
export type Cost = 'free' | 'charged' | 'unknown';

export interface RemoteErrorOptions {
  /** HTTP status of the service's answer, if there was one. */
  remoteStatus?: number;
  details?: FieldIssue[];
  cause?: unknown;
  cost?: Cost;
  /** Earliest time another try makes sense, in milliseconds since the epoch. */
  retryAt?: number | null;
  /** A picture that arrived whole and could not be put where it belongs. */
  picture?: KeptPicture | undefined;
}

export interface KeptPicture {
  mime: string;
  buffer: Buffer;
}

/**
 * A failure of the Rembg service or of the way to it. `status` is what this server answers, `remoteStatus` what the
 * service answered. The API key is in none of its texts.
 */
export class RemoteError extends CutoutError {
  readonly remoteStatus: number | null;
  readonly cost: Cost;
  /** The paid picture, when it arrived whole but could not be written. No log shows it. */
  declare readonly picture: KeptPicture | undefined;

  constructor(code: ErrorCode, message: string, options: RemoteErrorOptions = {}) {
    super(code, message, options);
    this.name = new.target.name;
    this.remoteStatus = options.remoteStatus ?? null;
    this.cost = options.cost ?? 'free';
    Object.defineProperty(this, 'picture', { value: options.picture, enumerable: false });
  }
}

type RemoteErrorClass = new (message: string, options?: RemoteErrorOptions) => RemoteError;

const classes = new Map<ErrorCode, RemoteErrorClass>();

/** An error of the class that belongs to a code. */
export function errorOfCode(code: ErrorCode, message: string, options: RemoteErrorOptions): RemoteError {
  const Known = classes.get(code);
  return Known ? new Known(message, options) : new RemoteError(code, message, options);
}

/** A class of its own for one code, so that callers can write `instanceof`. */
const errorClass = (name: string, code: ErrorCode): RemoteErrorClass => {
  const named = {
    [name]: class extends RemoteError {
      constructor(message: string, options?: RemoteErrorOptions) {
        super(code, message, options);
      }
    },
  };
  const made = named[name] as RemoteErrorClass;
  classes.set(code, made);
  return made;
};

// The documents' table, "Error Reference", row by row.
export const NoImageError = errorClass('NoImageError', 'remote.no-image');
export const NoFileSelectedError = errorClass('NoFileSelectedError', 'remote.no-file');
export const UnsupportedTypeError = errorClass('UnsupportedTypeError', 'remote.unsupported-type');
export const CorruptImageError = errorClass('CorruptImageError', 'remote.corrupt-image');
export const EmptyFileError = errorClass('EmptyFileError', 'remote.empty-file');
export const FileTooLargeError = errorClass('FileTooLargeError', 'remote.file-too-large');
export const ImageTooWideError = errorClass('ImageTooWideError', 'remote.too-wide');
export const ImageTooTallError = errorClass('ImageTooTallError', 'remote.too-tall');
export const SizeNotIntegerError = errorClass('SizeNotIntegerError', 'remote.size-not-integer');
export const SizeTooSmallError = errorClass('SizeTooSmallError', 'remote.size-too-small');
export const SizeTooLargeError = errorClass('SizeTooLargeError', 'remote.size-too-large');
export const AngleNotNumberError = errorClass('AngleNotNumberError', 'remote.angle-not-number');
export const AngleOutOfRangeError = errorClass('AngleOutOfRangeError', 'remote.angle-out-of-range');
export const BadFormatError = errorClass('BadFormatError', 'remote.bad-format');
export const BadColorError = errorClass('BadColorError', 'remote.bad-color');
export const MaskWithColorError = errorClass('MaskWithColorError', 'remote.mask-with-color');
export const EmailNotVerifiedError = errorClass('EmailNotVerifiedError', 'remote.email-not-verified');
export const InvalidKeyError = errorClass('InvalidKeyError', 'remote.invalid-key');
export const KeyAndTokenError = errorClass('KeyAndTokenError', 'remote.key-and-token');
export const RateLimitedError = errorClass('RateLimitedError', 'remote.rate-limited');
export const DailyLimitError = errorClass('DailyLimitError', 'remote.daily-limit');
export const MonthlyLimitError = errorClass('MonthlyLimitError', 'remote.monthly-limit');

// What the table does not name.
/** Several validation errors at once, in `details`. */
export const InvalidInputError = errorClass('InvalidInputError', 'remote.invalid-input');
/** A 403 in words the table does not know; like its known one, it is about the key. */
export const ForbiddenError = errorClass('ForbiddenError', 'remote.forbidden');
/** Any other refusal of the service or of a gateway before it. */
export const RejectedError = errorClass('RejectedError', 'remote.rejected');
/** The service answered with another address; the key is not taken there. */
export const RedirectedError = errorClass('RedirectedError', 'remote.redirected');
/** The connection failed before the request was sent whole. */
export const UnreachableError = errorClass('UnreachableError', 'remote.unreachable');
/** A time limit ran out before the request was sent whole, or on a call that costs nothing. */
export const RemoteTimeoutError = errorClass('RemoteTimeoutError', 'remote.timeout');
/** A failure the service itself reported; see `serverErrorCost`. */
export const ServerError = errorClass('ServerError', 'remote.server-error');
/** An account answer that is not what the documents promise. */
export const BadAnswerError = errorClass('BadAnswerError', 'remote.bad-answer');
/** The request was sent whole and no usable picture came back: it may have been charged. Never repeat it silently. */
export const OutcomeUnknownError = errorClass('OutcomeUnknownError', 'remote.outcome-unknown');
/** The picture was made and charged, but it was refused (its kind, its size) or could not be written. */
export const PictureLostError = errorClass('PictureLostError', 'remote.picture-lost');
export const NotConfiguredError = errorClass('NotConfiguredError', 'remote.not-configured');
/** The caller gave up; `cost` says whether the service may have done the work. */
export const RemoteCancelledError = errorClass('RemoteCancelledError', 'job.cancelled');

/** A row of the table: how its answers are recognised, and the request parameter it is about. */
export interface ErrorRow {
  status: 400 | 401 | 403 | 429;
  message: RegExp;
  field?: string;
  error: RemoteErrorClass;
}

export const errorRows: readonly ErrorRow[] = [
  { status: 400, message: /^No image file provided/, field: 'image', error: NoImageError },
  { status: 400, message: /^No file selected/, field: 'image', error: NoFileSelectedError },
  { status: 400, message: /^File type '.*' is not supported/, field: 'image', error: UnsupportedTypeError },
  { status: 400, message: /invalid file signature/, field: 'image', error: CorruptImageError },
  { status: 400, message: /^Uploaded file is empty/, field: 'image', error: EmptyFileError },
  { status: 400, message: /^File size \(.*\) exceeds/, field: 'image', error: FileTooLargeError },
  { status: 400, message: /^Image width \(.*\) exceeds/, field: 'image', error: ImageTooWideError },
  { status: 400, message: /^Image height \(.*\) exceeds/, field: 'image', error: ImageTooTallError },
  { status: 400, message: /^'([wh])' must be an integer/, error: SizeNotIntegerError },
  { status: 400, message: /^'([wh])' must be at least/, error: SizeTooSmallError },
  { status: 400, message: /^'([wh])' must be at most/, error: SizeTooLargeError },
  { status: 400, message: /^'(angle)' must be a number/, error: AngleNotNumberError },
  { status: 400, message: /^'(angle)' must be between/, error: AngleOutOfRangeError },
  { status: 400, message: /^Invalid format /, field: 'format', error: BadFormatError },
  { status: 400, message: /^Invalid color format /, field: 'bg_color', error: BadColorError },
  { status: 400, message: /^Cannot use 'mask=true' together with/, field: 'mask', error: MaskWithColorError },
  { status: 403, message: /^Email address not verified/, error: EmailNotVerifiedError },
  { status: 401, message: /^invalid api key/i, error: InvalidKeyError },
  { status: 400, message: /Cannot use both API key and user token/, error: KeyAndTokenError },
  { status: 429, message: /requests too quickly/, error: RateLimitedError },
  { status: 429, message: /daily limit/, error: DailyLimitError },
  { status: 429, message: /monthly limit/, error: MonthlyLimitError },
];
