import type { CutoutError } from '../../errors';
import { type FieldIssue } from '../../errors';
import { validationErrorBody } from '../../options';
import { pythonRepr } from '../../options/python';

/** An error as the Rembg documents have it: JSON with `error` and a `status` that is the answer's own. */
export interface Refusal {
  status: number;
  error: string;
  details?: FieldIssue[];
  /** Seconds, for the header `Retry-After`. */
  retryAfter?: number;
}

/** To the letter of the documents, but for `notAllowed` and `unavailable`, of which they say nothing. */
export const refusals = {
  invalidKey: { status: 401, error: 'invalid api key' },
  keyAndToken: { status: 400, error: 'This is a mistake: Cannot use both API key and user token' },
  notAllowed: { status: 403, error: 'This API key has no permission for this action.' },
  tooQuick: { status: 429, error: "You're making requests too quickly, Please Upgrade or slow down." },
  noCredits: { status: 429, error: "You've reached your monthly limit. Consider purchasing more credits." },
  badForm: { status: 400, error: 'The form data ended early or cannot be read.' },
  timedOut: { status: 504, error: 'The picture took too long. Please try again later.' },
  unavailable: { status: 503, error: 'The picture cannot be made at the moment. Please try again later.' },
  failed: { status: 500, error: 'The picture could not be made.' },
} as const satisfies Record<string, Refusal>;

/** As it is answered. */
export const refusalBody = ({ error, details, status }: Refusal) => ({
  error,
  ...(details ? { details } : {}),
  status,
});

const MEGABYTE = 1024 * 1024;
/** Of the documents: the most a file may have, and either side. */
export const MAX_BYTES = 50 * MEGABYTE;
export const MAX_SIDE = 10_000;
export const ALLOWED_TYPES: readonly string[] = ['webp', 'bmp', 'png', 'jpg', 'jpeg'];

const ofImage = (message: string): FieldIssue => ({ field: 'image', message });
/** `50`, `55.2` */
const megabytes = (bytes: number): string => (bytes / MEGABYTE).toFixed(1).replace(/\.0$/, '');

/** What can be wrong with the upload, in the words of the documents. */
export const imageIssues = {
  noImage: () => ofImage("No image file provided. Please include an 'image' field in your form data."),
  noFile: () => ofImage('No file selected. Please choose an image file to upload.'),
  type: (extension: string) =>
    ofImage(`File type ${pythonRepr(extension)} is not supported. Allowed formats: ${ALLOWED_TYPES.join(', ')}`),
  empty: () => ofImage('Uploaded file is empty (0 bytes).'),
  size: (bytes: number, most: number) =>
    ofImage(
      `File size (${(bytes / MEGABYTE).toFixed(1)} MB) exceeds the maximum allowed size of ${megabytes(most)} MB.`,
    ),
  signature: () => ofImage('File does not appear to be a valid image (invalid file signature)'),
  width: (width: number) => ofImage(`Image width (${width}px) exceeds the maximum allowed width of ${MAX_SIDE}px.`),
  height: (height: number) =>
    ofImage(`Image height (${height}px) exceeds the maximum allowed height of ${MAX_SIDE}px.`),
};

export const refusedFields = (issues: FieldIssue[]): Refusal => validationErrorBody(issues);

/** What the caller can do nothing about is told in general words; the log has the reason. */
export function refusedBy(error: CutoutError): Refusal {
  const { code, status, message, retryable } = error;
  if (code === 'options.invalid') return refusedFields(error.details ?? [{ field: 'image', message }]);
  if (code.startsWith('source.') && status < 500) return { status, error: message };
  if (code === 'worker.timeout') return refusals.timedOut;
  return retryable || code === 'job.cancelled' ? refusals.unavailable : refusals.failed;
}
