import { createHash } from 'node:crypto';
import type { Dispatcher } from 'undici';
import { redact } from './address';
import { errorFromAnswer } from './answer-errors';
import { admit, afterFailure, closed, refusal, settle, type CircuitState } from './circuit';
import { createDeadline, pause, type Deadline } from './deadline';
import {
  errorOfCode,
  OutcomeUnknownError,
  RemoteCancelledError,
  RemoteError,
  RemoteTimeoutError,
  UnreachableError,
} from './errors';
import { exchange, ExchangeError, Verdict, type ExchangeRequest, type ExchangeResponse } from './exchange';
import { decideRetry, type RetryRule } from './retry';
import type { Timeouts } from './timeouts';

export interface CallerSettings {
  apiKey: string;
  timeouts: Timeouts;
  retry: RetryRule;
  /** The circuit as it was kept, e.g. over a restart. */
  circuit: CircuitState;
  onCircuitChange: (state: CircuitState) => void;
  /** End of the billing cycle, asked for when the monthly limit is met. */
  renewsAt: () => Promise<number | null>;
  now: () => number;
  random: () => number;
}

/** What one call needs, anew for each try. */
export interface Call<T> {
  dispatcher: Dispatcher;
  /** It can cost a credit. */
  paid: boolean;
  request: () => Omit<ExchangeRequest, 'headers' | 'timeouts' | 'signal'>;
  /** Reads an answer of status 200. */
  receive: (response: ExchangeResponse) => Promise<T>;
  signal?: AbortSignal | undefined;
  /** For the whole call; the setting when left out. */
  totalMs?: number;
}

export type Caller = ReturnType<typeof createCaller>;

/** Names a key without telling it. */
export const printOf = (key: string) => createHash('sha256').update(key).digest('hex').slice(0, 16);

/** Error answers are short; more than this is no error of the service. */
const errorTextBytes = 64 * 1024;

/** Makes calls with one key: the circuit before each try, the meaning of each failure after it, retries that are free. */
export function createCaller(settings: CallerSettings) {
  const { apiKey, timeouts, now } = settings;
  const keyPrint = printOf(apiKey);
  let circuit = settings.circuit;

  function setCircuit(next: CircuitState): void {
    if (next === circuit) return;
    circuit = next;
    settings.onCircuitChange(next);
  }

  async function call<T>(wanted: Call<T>): Promise<T> {
    const deadline = createDeadline(wanted.totalMs ?? timeouts.total, wanted.signal);
    try {
      for (let tried = 1; ; tried += 1) {
        await passCircuit(wanted.paid, deadline);
        try {
          return await once(wanted, deadline);
        } catch (error) {
          const failed = await noted(asRemoteError(error, wanted), wanted.paid);
          const leftMs = deadline.left();
          const decision = decideRetry(failed, tried, settings.retry, { now: now(), leftMs, random: settings.random });
          if (!decision.again) throw failed;
          await waited(decision.waitMs, deadline);
        }
      }
    } finally {
      deadline.dispose();
    }
  }

  /** A stop that ends by itself is about credits: it does not concern free calls, which also find out that it is over. */
  async function passCircuit(paid: boolean, deadline: Deadline): Promise<void> {
    const context = { now: now(), keyPrint };
    setCircuit(settle(circuit, context));
    const admission = admit(circuit, context);
    if (!admission.go) {
      if (paid || admission.open.until === null) throw refusal(admission.open);
      return;
    }
    if (!paid || admission.waitMs === 0) return;
    if (admission.waitMs < deadline.left()) return waited(admission.waitMs, deadline);
    throw errorOfCode('remote.rate-limited', 'The Rembg service asked for a pause; nothing was sent.', {
      retryAt: context.now + admission.waitMs,
    });
  }

  function once<T>({ dispatcher, paid, request, receive }: Call<T>, deadline: Deadline): Promise<T> {
    const headers = { 'x-api-key': apiKey, 'user-agent': 'strapi-plugin-cutout' };
    const whole = { ...request(), headers, timeouts, signal: deadline.signal };
    return exchange(dispatcher, whole, async (response) => {
      if (response.status === 200) return receive(response);
      const text = redact(await startOf(response.body), apiKey);
      const answer = { status: response.status, text, retryAfter: response.header('retry-after') };
      throw new Verdict(errorFromAnswer(answer, { paid, sent: response.sent, now: now() }));
    });
  }

  /** Moves the circuit on, and tells the error when a limit turns. */
  async function noted(error: RemoteError, paid: boolean): Promise<RemoteError> {
    // The account service is another host: what it says of the key holds for both, its pauses and limits do not.
    if (!paid && error.remoteStatus !== 401 && error.remoteStatus !== 403) return error;
    const asks = error.code === 'remote.monthly-limit' && error.retryAt === null && circuit.kind !== 'open';
    const renewsAt = asks ? await settings.renewsAt().catch(() => null) : null;
    const next = afterFailure(circuit, error, { now: now(), keyPrint, renewsAt });
    setCircuit(next);
    if (error.retryAt !== null || next.kind !== 'open' || next.until === null || next.code !== error.code) return error;
    const { code, message, remoteStatus, details } = error;
    return errorOfCode(code, message, { remoteStatus: remoteStatus ?? undefined, details, retryAt: next.until });
  }

  return {
    call,
    state: (): CircuitState => settle(circuit, { now: now(), keyPrint }),
    /** Lets calls through again, e.g. after a person said so. */
    reset: () => setCircuit(closed),
    update: (change: (state: CircuitState) => CircuitState) => setCircuit(change(circuit)),
  };
}

/** What a failed try means for the caller: whether it was sent whole decides what it may have cost. */
function asRemoteError(error: unknown, { paid }: { paid: boolean }): RemoteError {
  if (error instanceof RemoteError) return error;
  if (!(error instanceof ExchangeError)) throw error;
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
    throw new RemoteCancelledError('The call was cancelled while it waited.', { cause: error });
  }
}

async function startOf(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > errorTextBytes) break;
  }
  return Buffer.concat(chunks).toString('utf8', 0, errorTextBytes);
}
