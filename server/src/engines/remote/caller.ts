import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { redact } from './address';
import { errorFromAnswer } from './answer-errors';
import { createBreaker, type BreakerSettings } from './breaker';
import { createDeadline, pause, TimeIsOver, type Deadline } from './deadline';
import { OutcomeUnknownError, RemoteCancelledError, RemoteError, RemoteTimeoutError, UnreachableError } from './errors';
import { AnswerError, exchange, ExchangeError, type ExchangeRequest, type ExchangeResponse } from './exchange';
import { callAgain, type RetryRule } from './retry';
import type { Timeouts } from './timeouts';

export interface CallerSettings extends Omit<BreakerSettings, 'keyPrint' | 'rule' | 'wait'> {
  apiKey: string;
  timeouts: Timeouts;
  retry: RetryRule;
}

/** What one call needs, anew for each try. */
export interface Call<T> {
  dispatcher: Dispatcher;
  /** It can cost a credit. */
  paid: boolean;
  request: () => Omit<ExchangeRequest, 'headers' | 'timeouts' | 'signal' | 'ownConnection'>;
  /** Reads an answer of status 200. */
  receive: (response: ExchangeResponse) => Promise<T>;
  signal?: AbortSignal | undefined;
  /** For the whole call, within the setting. */
  totalMs?: number | undefined;
  /** Tries after the first one; the setting when left out. */
  retries?: number | undefined;
}

export type Caller = ReturnType<typeof createCaller>;

/** Names a key without telling it. */
export const printOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** Error answers are short; more than this is no error of the service. */
const errorTextBytes = 64 * 1024;

/** Makes calls with one key: the circuit before each paid try, the meaning of each failure, retries that are free. */
export function createCaller(settings: CallerSettings) {
  const { apiKey, timeouts, now, random } = settings;
  const breaker = createBreaker({ ...settings, keyPrint: printOf(apiKey), rule: settings.retry, wait: waited });

  async function call<T>(wanted: Call<T>): Promise<T> {
    const deadline = createDeadline(Math.min(wanted.totalMs ?? Infinity, timeouts.total), wanted.signal);
    const rule = { ...settings.retry, retries: wanted.retries ?? settings.retry.retries };
    const attempt = () => once(wanted, deadline);
    let serverErrors = 0;
    try {
      for (let tried = 1; ; tried += 1) {
        try {
          return await (wanted.paid ? breaker.guard(attempt, deadline) : attempt());
        } catch (error) {
          if (!(error instanceof RemoteError)) throw error;
          if (error.code === 'remote.server-error') serverErrors += 1;
          const context = { now: now(), leftMs: deadline.left(), random, paid: wanted.paid, serverErrors };
          const next = callAgain(error, tried, rule, context);
          if (!next.again) throw error;
          await waited(next.waitMs, deadline);
        }
      }
    } finally {
      deadline.dispose();
    }
  }

  async function once<T>(wanted: Call<T>, deadline: Deadline): Promise<T> {
    const { dispatcher, paid, request, receive } = wanted;
    const headers = { 'x-api-key': apiKey, 'user-agent': 'strapi-plugin-cutout' };
    // A kept connection may be closed by the service at the moment it is used; nobody could tell what that cost.
    const whole = { ...request(), headers, timeouts, signal: deadline.signal, ownConnection: paid };
    try {
      return await exchange(dispatcher, whole, async (response) => {
        if (response.status === 200) return receive(response);
        throw new AnswerError(await refused(response, paid));
      });
    } catch (error) {
      throw asRemoteError(error, wanted);
    }
  }

  async function refused({ status, sent, header, body }: ExchangeResponse, paid: boolean): Promise<RemoteError> {
    const answer = { status, text: await startOf(body), retryAfter: header('retry-after'), date: header('date') };
    return errorFromAnswer(answer, { paid, sent, now: now(), clean });
  }

  function clean(text: string): string {
    return redact(text, apiKey);
  }

  return { call, clean, circuit: breaker };
}

/** What a failed try means for the caller: whether it was sent whole decides what it may have cost. */
function asRemoteError(error: unknown, { paid }: { paid: boolean }): unknown {
  if (!(error instanceof ExchangeError)) return error;
  const unknown = paid && error.sent;
  const options = { cause: error, cost: unknown ? ('unknown' as const) : ('free' as const) };
  if (error.kind === 'cancelled') return new RemoteCancelledError('The call was cancelled.', options);
  if (error.kind === 'source') {
    return new RemoteError('source.unreadable', `The picture to send could not be read: ${error.message}`, options);
  }
  if (unknown) {
    const text = `The picture was sent, but no usable answer came back (${error.message}). Whether it was charged is unknown.`;
    return new OutcomeUnknownError(text, options);
  }
  return error.kind === 'timeout'
    ? new RemoteTimeoutError(`The Rembg service was too slow: ${error.message}`, options)
    : new UnreachableError(`The Rembg service could not be reached: ${error.message}`, options);
}

async function waited(ms: number, deadline: Deadline): Promise<void> {
  try {
    await pause(ms, deadline.signal);
  } catch (error) {
    if (error instanceof TimeIsOver) throw new RemoteTimeoutError('The time limit came while the call waited.');
    throw new RemoteCancelledError('The call was cancelled while it waited.', { cause: error });
  }
}

/** The words of an error answer; a body that breaks off does not take its status away. */
async function startOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of body) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > errorTextBytes) break;
    }
  } catch (error) {
    if (length === 0) throw error;
  }
  return Buffer.concat(chunks).toString('utf8', 0, errorTextBytes);
}
