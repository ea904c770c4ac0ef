import type { Dispatcher } from 'undici';
import { messageOf } from '../../errors';
import { TimeIsOver } from './deadline';
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
}

export interface ExchangeResponse {
  status: number;
  /** The request was sent whole before this answer came. */
  sent: boolean;
  header(name: string): string | undefined;
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

/** What `receive` throws on purpose; it passes through unchanged. */
export class Verdict<E extends Error> extends Error {
  constructor(readonly error: E) {
    super(error.message);
    this.name = 'Verdict';
  }
}

/**
 * Sends a request and hands the answer to `receive`, which must read what it needs of the body before it returns.
 * Redirects are answers like any other.
 *
 * The limits are kept here and not by undici: its own headers limit also runs while a slow body is being sent.
 * @throws ExchangeError, or the error inside a `Verdict` that `receive` threw.
 */
export async function exchange<T>(
  dispatcher: Dispatcher,
  request: ExchangeRequest,
  receive: (response: ExchangeResponse) => Promise<T>,
): Promise<T> {
  const { url, method, timeouts, signal, body } = request;
  const progress = { sent: body === undefined, sourceError: null as unknown };
  const watch = watchdog(signal);
  // With a body the limits start as it is asked for; connecting has its own, in the dispatcher.
  if (!body) watch.arm(timeouts.headers);
  try {
    const response = await dispatcher.request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method,
      headers: {
        ...request.headers,
        ...(body ? { 'content-type': body.contentType, 'content-length': String(body.length) } : {}),
      },
      // undici takes any async iterable, which its types leave out; a Readable would read ahead and spoil `sent`.
      body: (body ? outgoing(body, request, watch, progress) : null) as Dispatcher.RequestOptions['body'],
      signal: watch.signal,
      headersTimeout: 0,
      bodyTimeout: 0,
    });
    watch.arm(timeouts.body);
    const { headers } = response;
    return await receive({
      status: response.statusCode,
      sent: progress.sent,
      header: (name) => [headers[name]].flat()[0],
      body: incoming(response.body, () => watch.arm(timeouts.body)),
    });
  } catch (error) {
    if (error instanceof Verdict) throw error.error;
    throw failure(error, watch.signal, progress);
  } finally {
    watch.dispose();
  }
}

interface Watchdog {
  signal: AbortSignal;
  /** Ends the exchange unless it is armed anew or disposed of within `ms`. */
  arm(ms: number): void;
  dispose(): void;
}

function watchdog(outer: AbortSignal): Watchdog {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let over = false;
  const cancel = () => controller.abort(outer.reason);
  if (outer.aborted) cancel();
  else outer.addEventListener('abort', cancel, { once: true });
  return {
    signal: controller.signal,
    arm: (ms) => {
      clearTimeout(timer);
      // A broken connection may ask for another piece of the body when all is over.
      if (over) return;
      timer = setTimeout(() => controller.abort(new TimeIsOver(ms)), ms);
    },
    dispose: () => {
      over = true;
      clearTimeout(timer);
      outer.removeEventListener('abort', cancel);
    },
  };
}

/** The body as the connection asks for it. `sent` is set before the closing part goes out: from there on, who knows. */
async function* outgoing(
  body: Multipart,
  { timeouts, onSent }: ExchangeRequest,
  watch: Watchdog,
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
