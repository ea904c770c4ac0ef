import { pipeline, type Readable } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Dispatcher } from 'undici';
import { messageOf } from '../../errors';
import { createDeadline, TimeIsOver, type Deadline } from './deadline';
import type { Multipart } from './multipart';
import type { Timeouts } from './timeouts';

/** One HTTP request and its answer: no retry, no meaning, only the limits and how far it came. */
export interface ExchangeRequest {
  method: 'GET' | 'POST';
  url: URL;
  headers: Record<string, string>;
  body?: Multipart;
  /** Told the bytes of each piece the connection took. */
  onSent?: (bytes: number) => void;
  timeouts: Pick<Timeouts, 'upload' | 'headers' | 'body'>;
  /** Ends the exchange; a `TimeIsOver` as its reason counts as a timeout. */
  signal: AbortSignal;
  /** Take a connection of its own, which ends with the answer. */
  ownConnection: boolean;
}

export interface ExchangeResponse {
  status: number;
  /** The request was sent whole before this answer came. */
  sent: boolean;
  header(name: string): string | undefined;
  /** Bytes of `body`; nothing when the answer does not say. */
  length: number | undefined;
  /** Decoded. What is left of it when `receive` ends is thrown away with the connection. */
  body: AsyncIterable<Buffer>;
}

export type ExchangeFailure = 'timeout' | 'network' | 'cancelled' | 'source';

/** Why an exchange ended without an answer, or in the middle of one. */
export class ExchangeError extends Error {
  constructor(
    readonly kind: ExchangeFailure,
    /** The request may have been received whole: the service may have worked on it. */
    readonly sent: boolean,
    message: string,
    cause: unknown,
  ) {
    super(message, { cause });
    this.name = 'ExchangeError';
  }
}

/** What `receive` throws on purpose; the error inside passes through unchanged. */
export class AnswerError<E extends Error> extends Error {
  constructor(readonly error: E) {
    super(error.message);
    this.name = 'AnswerError';
  }
}

/**
 * Sends a request and hands the answer to `receive`, which must read what it needs of the body before it returns.
 * Redirects are answers like any other.
 *
 * The limits are kept here and not by undici: its own headers limit also runs while a slow body is being sent.
 * @throws ExchangeError, or the error inside an `AnswerError` that `receive` threw.
 */
export async function exchange<T>(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  receive: (response: ExchangeResponse) => Promise<T>,
): Promise<T> {
  const { url, method, timeouts, signal, body } = request;
  const progress = { sent: body === undefined, sourceError: null as unknown };
  // With a body the limits start as it is asked for; connecting has its own, in the dispatcher.
  const watch = createDeadline(body ? null : timeouts.headers, signal);
  let answer: Readable | null = null;
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: headersOf(request),
      // undici takes any async iterable, which its types leave out; a Readable would read ahead and spoil `sent`.
      body: (body ? outgoing(body, request, watch, progress) : null) as Dispatcher.RequestOptions['body'],
      signal: watch.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
      reset: request.ownConnection,
      highWaterMark: neverPaused,
    });
    answer = response.body;
    watch.arm(timeouts.body);
    const header = (name: string) => [response.headers[name]].flat()[0];
    return await receive({
      status: response.statusCode,
      sent: progress.sent,
      header,
      ...decoded(response.body, header, () => watch.arm(timeouts.body)),
    });
  } catch (error) {
    if (error instanceof AnswerError) throw error.error;
    throw failure(error, watch.signal, progress);
  } finally {
    watch.dispose();
    if (answer) discard(answer);
  }
}

/**
 * undici (7.30) throws out of a socket event, past every handler, when the service closes a connection whose answer is
 * paused for a slow reader. So none is: what waits to be read is held in memory, within the bound on answers.
 */
const neverPaused = 2 ** 31;

function headersOf({ headers, body }: ExchangeRequest): Record<string, string> {
  const plain = { ...headers, 'accept-encoding': 'identity' };
  return body ? { ...plain, 'content-type': body.contentType, 'content-length': String(body.length) } : plain;
}

/** An unread body keeps its connection for ever, and a few of them the whole pool. */
function discard(body: Readable): void {
  if (body.readableEnded || body.destroyed) return;
  body.on('error', () => undefined);
  body.destroy();
}

/** The body as the connection asks for it. `sent` is set before the closing part goes out: from there on, who knows. */
async function* outgoing(
  body: Multipart,
  { timeouts, onSent }: ExchangeRequest,
  watch: Deadline,
  progress: { sent: boolean; sourceError: unknown },
): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of body.chunks()) {
      watch.arm(timeouts.upload);
      yield chunk;
      onSent?.(chunk.length);
    }
  } catch (error) {
    progress.sourceError = error;
    throw error;
  }
  progress.sent = true;
  watch.arm(timeouts.headers);
  yield body.tail;
  onSent?.(body.tail.length);
}

/** Nothing but the plain bytes was asked for, yet gateways pack answers all the same. */
function decoded(
  raw: Readable,
  header: ExchangeResponse['header'],
  onChunk: () => void,
): Pick<ExchangeResponse, 'length' | 'body'> {
  const body = incoming(raw, onChunk);
  const unpack = unpackers[(header('content-encoding') ?? '').trim().toLowerCase()];
  if (!unpack) return { length: contentLength(header('content-length')), body };
  // Errors of either end come out of the iteration.
  return { length: undefined, body: pipeline(body, unpack(), () => undefined) as AsyncIterable<Buffer> };
}

const unpackers: Record<string, (() => NodeJS.ReadWriteStream) | undefined> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

const contentLength = (text: string | undefined) =>
  text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;

async function* incoming(body: AsyncIterable<Buffer>, onChunk: () => void): AsyncGenerator<Buffer> {
  for await (const chunk of body) {
    onChunk();
    yield chunk;
  }
}

function failure(
  error: unknown,
  signal: AbortSignal,
  progress: { sent: boolean; sourceError: unknown },
): ExchangeError {
  if (progress.sourceError) {
    return new ExchangeError('source', false, messageOf(progress.sourceError), progress.sourceError);
  }
  if (signal.aborted) {
    const reason: unknown = signal.reason;
    const kind = reason instanceof TimeIsOver ? 'timeout' : 'cancelled';
    return new ExchangeError(kind, progress.sent, messageOf(reason), reason);
  }
  return new ExchangeError('network', progress.sent, networkText(error), error);
}

/** The system's error code where there is one: an AggregateError of several addresses has no message of its own. */
function networkText(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: string };
  return [code, message].filter((part) => typeof part === 'string' && part !== '').join(': ') || 'connection failed';
}
