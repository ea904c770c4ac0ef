import { z } from 'zod';
import type { FieldIssue } from '../../errors';
import {
  BadAnswerError,
  errorRows,
  ForbiddenError,
  InvalidInputError,
  InvalidKeyError,
  OutcomeUnknownError,
  RateLimitedError,
  RedirectedError,
  RejectedError,
  ServerError,
  type Cost,
  type RemoteError,
} from './errors';

/** The parts of an answer that decide what it means. */
export interface Answer {
  status: number;
  /** Start of the body as text. */
  text: string;
  /** Headers, if there were such. */
  retryAfter: string | undefined;
  date?: string | undefined;
}

export interface AnswerContext {
  /** The request can cost a credit. */
  paid: boolean;
  /** The request was sent whole, so the service may have done the work. */
  sent: boolean;
  /** Milliseconds since the epoch. */
  now: number;
  /** Takes secrets out of a text. */
  clean?: (text: string) => string;
}

/**
 * OPEN in the documents: what a 5xx costs. Chosen: one with the service's own JSON error is free, because its error
 * table knows no charge for a failure; anything else (a gateway's page after the request was sent whole) may hide work
 * that was done and charged, so its cost is unknown and it is not repeated.
 */
export function serverErrorCost({ ownJson, sent }: { ownJson: boolean; sent: boolean }): Cost {
  return ownJson || !sent ? 'free' : 'unknown';
}

type Options = { remoteStatus: number; retryAt: number | null; details?: FieldIssue[] };

/** The error that an answer with a status other than 200 stands for. The status decides, then the words. */
export function errorFromAnswer({ status, text, retryAfter, date }: Answer, context: AnswerContext): RemoteError {
  const told = toldError(text, status, context.clean ?? ((plain) => plain));
  const retryAt = retryTime(retryAfter, context.now, date);
  const options: Options = { remoteStatus: status, retryAt, ...(told?.details ? { details: told.details } : {}) };
  const message = told?.message ?? `The Rembg service answered with status ${status}.`;

  if (status >= 500) {
    const cost = context.paid ? serverErrorCost({ ownJson: told?.own ?? false, sent: context.sent }) : 'free';
    if (cost === 'free') return new ServerError(message, options);
    return new OutcomeUnknownError(`${message} Whether the call was charged is unknown.`, { ...options, cost });
  }
  if (status >= 400) return refusalOf(status, message, told?.row ?? null, options);
  if (status >= 300) {
    const words = `The Rembg service answered with a redirect (${status}), which is not followed.`;
    return new RedirectedError(words, options);
  }
  // 201, 204, 206 …: a success of some kind, which the documents do not know.
  if (!context.paid) return new BadAnswerError(message, options);
  const unknown = `${message} A picture comes with status 200. Whether the call was charged is unknown.`;
  return new OutcomeUnknownError(unknown, { ...options, cost: context.sent ? 'unknown' : 'free' });
}

function refusalOf(status: number, message: string, row: string | null, options: Options): RemoteError {
  if (status === 429) return rowError(status, row, message, options) ?? new RateLimitedError(message, options);
  if (status === 401) return rowError(status, row, message, options) ?? new InvalidKeyError(message, options);
  // Without the service's words a 403 may come from a firewall that dislikes one picture.
  if (status === 403 && row === null) return new RejectedError(message, options);
  if (status === 403) return rowError(status, row, message, options) ?? new ForbiddenError(message, options);
  if (options.details) return new InvalidInputError(message, options);
  return rowError(status, row, message, options) ?? new RejectedError(message, options);
}

/** The error of the documents' table that a text stands for. */
function rowError(status: number, text: string | null, message: string, options: Options): RemoteError | null {
  if (text === null) return null;
  for (const row of errorRows) {
    const match = row.status === status ? row.message.exec(text) : null;
    if (!match) continue;
    const field = row.field ?? match[1];
    return new row.error(message, field === undefined ? options : { details: [{ field, message: text }], ...options });
  }
  return null;
}

const words = z.string().trim().min(1);
const field = z.union([z.string(), z.number().transform(String)]).catch('');
const detail = z.looseObject({ field, message: words });
const errorBody = z.looseObject({
  error: z
    .union([words, z.looseObject({ message: words })])
    .optional()
    .catch(undefined),
  message: words.optional().catch(undefined),
  detail: words.optional().catch(undefined),
  status: z.coerce.number().optional().catch(undefined),
  details: z.array(z.unknown()).optional().catch(undefined),
});

interface ToldError {
  /** With each field's words, so that a job's reason shows them. */
  message: string;
  /** The error alone, as the documents' table has it. */
  row: string;
  details: FieldIssue[] | undefined;
  /** It has the shape of the service's own errors: `error` as text, and a `status`, if any, that is the answer's. */
  own: boolean;
}

const mostLetters = 500;
const mostDetails = 20;

function toldError(text: string, status: number, clean: (text: string) => string): ToldError | null {
  const parsed = errorBody.safeParse(parseJson(text));
  if (!parsed.success) return null;
  const { error, message: other, detail: another, status: claimed, details = [] } = parsed.data;
  const found = (typeof error === 'object' ? error.message : error) ?? other ?? another;
  if (found === undefined) return null;
  const short = (value: string) => clean(value).replace(/\s+/g, ' ').slice(0, mostLetters);
  const issues = details.slice(0, mostDetails).flatMap((entry): FieldIssue[] => {
    const { success, data } = detail.safeParse(entry);
    return success ? [{ field: short(data.field), message: short(data.message) }] : [];
  });
  const row = short(found);
  return {
    message: issues.length === 0 ? row : `${row}: ${issues.map(sentence).join('; ')}`,
    row,
    details: issues.length === 0 ? undefined : issues,
    own: typeof error === 'string' && (claimed === undefined || claimed === status),
  };
}

const sentence = ({ field, message }: FieldIssue) =>
  field === '' || message.includes(field) ? message : `${field}: ${message}`;

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** The three forms of an HTTP date (RFC 9110, 5.6.7); `Date.parse` alone takes half of what a person may write. */
const httpDate = /^(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,? [\w :-]+( GMT)?$/;
/** Longest pause a service is believed to mean; whoever waits looks again then. */
const mostMs = 86_400_000;

/**
 * `Retry-After` as a time: seconds from now, or an HTTP date (RFC 9110, 10.2.3), which is read by the answer's own
 * `Date`, because the service's clock may be minutes off.
 */
export function retryTime(header: string | undefined, now: number, date?: string): number | null {
  const text = header?.trim() ?? '';
  if (/^\d+$/.test(text)) return now + Math.min(Number(text) * 1000, mostMs);
  const until = parseHttpDate(text);
  if (until === null) return null;
  const served = parseHttpDate(date?.trim() ?? '') ?? now;
  return now + Math.min(Math.max(0, until - served), mostMs);
}

function parseHttpDate(text: string): number | null {
  if (!httpDate.test(text)) return null;
  const time = Date.parse(text.endsWith('GMT') ? text : `${text} GMT`);
  return Number.isNaN(time) ? null : time;
}
