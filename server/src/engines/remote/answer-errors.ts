import { z } from 'zod';
import type { FieldIssue } from '../../errors';
import {
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
  /** Header, if there was one. */
  retryAfter: string | undefined;
}

export interface AnswerContext {
  /** The request can cost a credit. */
  paid: boolean;
  /** The request was sent whole, so the service may have done the work. */
  sent: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

const errorBody = z.looseObject({
  error: z.string(),
  details: z.array(z.looseObject({ field: z.string().catch(''), message: z.string() })).optional(),
});

/**
 * OPEN in the documents: what a 5xx costs. Chosen: one with the service's own JSON error is free, because its error
 * table knows no charge for a failure; anything else (a gateway's page after the request was sent whole) may hide work
 * that was done and charged, so its cost is unknown and it is not repeated.
 */
export function serverErrorCost({ ownJson, sent }: { ownJson: boolean; sent: boolean }): Cost {
  return ownJson || !sent ? 'free' : 'unknown';
}

/** The error that an answer with a status other than 200 stands for. */
export function errorFromAnswer({ status, text, retryAfter }: Answer, context: AnswerContext): RemoteError {
  const parsed = errorBody.safeParse(parseJson(text));
  const message = parsed.success ? parsed.data.error : `The Rembg service answered with status ${status}.`;
  const retryAt = retryTime(retryAfter, context.now);
  const options = { remoteStatus: status, retryAt };

  if (status >= 300 && status < 400) {
    return new RedirectedError(
      `The Rembg service answered with a redirect (${status}), which is not followed.`,
      options,
    );
  }
  if (status >= 500) {
    const cost = context.paid ? serverErrorCost({ ownJson: parsed.success, sent: context.sent }) : 'free';
    if (cost === 'free') return new ServerError(message, options);
    return new OutcomeUnknownError(`${message} Whether the call was charged is unknown.`, { ...options, cost });
  }
  if (!parsed.success) {
    return status === 429 ? new RateLimitedError(message, options) : new RejectedError(message, options);
  }
  const details = parsed.data.details?.map(({ field, message: words }): FieldIssue => ({ field, message: words }));
  if (details && details.length > 0) return new InvalidInputError(message, { ...options, details });
  return rowError(status, message, options);
}

function rowError(
  status: number,
  message: string,
  options: { remoteStatus: number; retryAt: number | null },
): RemoteError {
  for (const row of errorRows) {
    const match = row.status === status ? row.message.exec(message) : null;
    if (!match) continue;
    const field = row.field ?? match[1];
    return new row.error(message, field === undefined ? options : { ...options, details: [{ field, message }] });
  }
  // Other words for a known status.
  if (status === 401) return new InvalidKeyError(message, options);
  if (status === 403) return new ForbiddenError(message, options);
  return status === 429 ? new RateLimitedError(message, options) : new RejectedError(message, options);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** `Retry-After` as a time: seconds from now, or an HTTP date (RFC 9110, 10.2.3). */
export function retryTime(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d+$/.test(header.trim())) return now + Number(header) * 1000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(now, date);
}
