import { join } from 'node:path';
import { copyFile, stat, writeFile } from 'node:fs/promises';
import type { Config } from '../config/schema';
import type { RembgClient } from '../engines/remote';
import { errorOfCode, NotConfiguredError, RemoteError } from '../engines/remote/errors';
import { CutoutError, type ErrorCode } from '../errors';
import { failureSentence } from '../file-fault';
import type { Pool } from '../pool/contract';
import { jobCancelled, leaseLost, queueStopped } from '../signals';
import type { OnProgress } from '../engines/remote/progress';
import type { Ledger } from '../usage/ledger';
import type { Reservations } from '../usage/reserve';
import type { Reason } from '../words';
import type { Engine, MadeMatte, MatteRequest } from './engine';
import type { Spool } from './spool';
import type { MatteTable } from './table';

/** What a stored matte of this engine is found by; the service names no model. */
export const REMOTE_MODEL = 'rembg';

interface RemoteService {
  client: RembgClient;
  keyPrint: string;
}

export interface RemoteEngineOptions {
  /** Whom to call now; null without an API key. */
  service: () => RemoteService | null;
  config: Pick<Config, 'local' | 'limits'>;
  pool: Pool;
  ledger: Pick<Ledger, 'settle' | 'find'>;
  reservations: Pick<Reservations, 'reserve' | 'keep' | 'forget'>;
  spool: Spool;
  table: Pick<MatteTable, 'findPaid' | 'damagedOf'>;
  now: () => number;
}

/** Limits of the service, rembg-api §1. Pictures beyond them are scaled before they are sent. */
const LIMITS = {
  accept: ['webp', 'bmp', 'png', 'jpeg'],
  maxWidth: 10_000,
  maxHeight: 10_000,
  maxBytes: 50 * 1024 * 1024,
};
/** A paid call under way at shutdown may still finish; Strapi waits 10 s for the plugin. */
const GRACE_MS = 8000;
/** How long a paid matte that no node has stored may still turn up on the node that received it. */
const ARRIVES_WITHIN_MS = 24 * 60 * 60 * 1000;
const IN_FLIGHT_RETRY_MS = 2000;

/** Troubles of the account as a whole; all others are one picture's, or one moment's. */
const ACCOUNT_WIDE = new Set(['remote.invalid-key', 'remote.email-not-verified', 'remote.forbidden']);

/** The Rembg engine: one paid call for a matte, reserved before and settled when the matte is stored. */
export function createRemoteEngine(options: RemoteEngineOptions): Engine {
  const { config, pool, ledger, reservations, spool, table } = options;

  const demandService = (): RemoteService => {
    const service = options.service();
    if (service) return service;
    throw new NotConfiguredError(
      'The Rembg engine needs an API key: set one in the settings of the admin, or remote.apiKey in config/plugins.',
    );
  };

  /** What the service can read of the original; the original itself where it can. */
  const readable = async ({ job, original, workDir, signal }: MatteRequest) => {
    // With the limits of the cutout, so that nobody pays for the matte of a picture that is refused afterwards.
    const task = { source: original.path, output: join(workDir, 'to-send'), limits: config.limits, ...LIMITS };
    return pool.run('convert', task, { timeoutMs: config.local.jobTimeoutMs, signal, priority: job.priority });
  };

  const reserve = async (request: MatteRequest, keyPrint: string): Promise<{ id: number; paid: boolean }> => {
    const { job, original } = request;
    const entry = { job, engine: 'remote' as const, model: REMOTE_MODEL, sourceHash: original.sha256, keyPrint };
    const damaged = await table.damagedOf({ ...entry, weights: '' });
    if (damaged.length > 0 && !job.force) throw damagedError();
    for (;;) {
      const reserved = await reservations.reserve({
        ...entry,
        decided: job.force,
        bulk: job.bulk === null ? undefined : String(job.bulk),
      });
      if (reserved.kind === 'reserved') return { id: reserved.id, paid: false };
      if (await spool.has(reserved.id)) return { id: reserved.id, paid: true };
      await requireGone(options, reserved.id, job.force);
      await reservations.forget(reserved.id);
    }
  };

  /** Sends the picture. @returns where its matte lies */
  const call = async (service: RemoteService, request: MatteRequest, id: number, path: string): Promise<string> => {
    const { workDir, onProgress } = request;
    const output = await spool.fileFor(id);
    const stop = reservations.keep(id);
    let isSending = false;
    const { signal, dispose } = untilGrace(request.signal, () => isSending);
    const onUploadProgress: OnProgress = (event) => {
      isSending = true;
      onProgress?.(event);
    };
    try {
      await service.client.matte({ path, output, signal, onUploadProgress, onDownloadProgress: onProgress });
      // Kept alive on: until the matte is stored nobody else may take the call for lost.
      stops.set(id, stop);
      return output;
    } catch (error) {
      const rescued = await rescue(error, join(workDir, 'rescued.png'));
      if (rescued) stops.set(id, stop);
      if (rescued) return rescued;
      stop();
      const cost = error instanceof RemoteError ? error.cost : 'unknown';
      await ledger.settle(id, cost, error instanceof RemoteError ? error.code : 'worker.failed');
      throw options.service() === service ? error : overtaken(error, options.now());
    } finally {
      dispose();
    }
  };
  const stops = new Map<number, () => void>();

  return {
    name: 'remote',
    model: REMOTE_MODEL,
    weights: () => '',
    problem: () => problemOf(options.service()),
    async make(request): Promise<MadeMatte> {
      demandService();
      const { file, source } = await readable(request);
      // From here on one key: it is reserved, called and charged by it, whatever key is set meanwhile.
      const service = demandService();
      const { id, paid } = await reserve(request, service.keyPrint);
      const arrived = paid ? await spool.fileFor(id) : await call(service, request, id, file.path);
      const settle = async (stored: boolean) => {
        stops.get(id)?.();
        stops.delete(id);
        // Paid for in any case; one that was not stored stays in the spool.
        await ledger.settle(id, 'charged', null);
        if (stored) await spool.drop(id);
      };
      const copy = await copyFor(request.workDir, arrived).catch(async (error: unknown) => {
        if (paid && isTaken(error)) throw onItsWay(options.now());
        await settle(false);
        throw error;
      });
      const { width, height } = source;
      const picture = { ...copy, ext: '.png', mime: 'image/png', width, height };
      return { picture, confidence: null, subject: null, ledgerId: id, timings: {}, settle };
    },
  };
}

/** What the service said of a key that is not in force any more is no reason to wait with the one that is. */
function overtaken(error: unknown, now: number): unknown {
  if (!(error instanceof RemoteError) || !error.waits || error.cost !== 'free') return error;
  const { code, message, details, remoteStatus } = error;
  return errorOfCode(code, message, { remoteStatus: remoteStatus ?? undefined, details, cause: error, retryAt: now });
}

/** A copy of the job's own: the spool's goes when the matte is stored, and it is composed from after that. */
async function copyFor(workDir: string, arrived: string): Promise<{ path: string; bytes: number }> {
  const path = join(workDir, 'paid.png');
  try {
    await copyFile(arrived, path);
    return { path, bytes: (await stat(path)).size };
  } catch (cause) {
    const what = "The matte that was paid for could not be copied to the job's folder";
    throw new CutoutError('store.failed', failureSentence(cause, what), { cause });
  }
}

/** A picture that arrived whole and could not be written to the spool goes on from the job's own folder. */
async function rescue(error: unknown, path: string): Promise<string | null> {
  const picture = error instanceof RemoteError ? error.picture : undefined;
  if (!picture) return null;
  return writeFile(path, picture.buffer).then(
    () => path,
    () => null,
  );
}

const onItsWay = (now: number) =>
  new CutoutError(
    'remote.in-flight',
    'The matte of the same picture is paid for and on its way; it will serve this one too.',
    { retryAt: now + IN_FLIGHT_RETRY_MS },
  );

/** Whoever found a paid matte in the spool may come too late to copy it: it has been stored by then. */
const isTaken = (error: unknown): boolean =>
  error instanceof CutoutError && (error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';

/**
 * Whether bytes that were paid for may be paid for again: only when their matte was stored once and is definitely gone,
 * or a person said so.
 */
async function requireGone(
  { table, ledger, now }: Pick<RemoteEngineOptions, 'table' | 'ledger' | 'now'>,
  ledgerId: number,
  decided: boolean,
): Promise<void> {
  const matte = await table.findPaid(ledgerId);
  // A damaged one is asked for before anything is reserved.
  if (matte && ['gone', 'replaced', 'damaged'].includes(matte.state)) return;
  const entry = await ledger.find(ledgerId);
  const isLost = entry?.reason === ('remote.picture-lost' satisfies ErrorCode);
  const isRecent = now() - new Date(entry?.updatedAt ?? 0).getTime() < ARRIVES_WITHIN_MS;
  // Stored between two looks, or still with the node that received it.
  if (matte?.state === 'stored' || (isRecent && !isLost)) throw onItsWay(now());
  if (decided) return;
  throw new CutoutError(
    'remote.outcome-unknown',
    'The matte of this picture was paid for and never stored. It is not paid for again by itself; "Make again" sends it once more.',
  );
}

const damagedError = () =>
  new CutoutError(
    'matte.damaged',
    'The stored matte of this picture is damaged. It was paid for, so it is not made anew by itself; "Make again" sends the picture once more.',
  );

function problemOf(service: RemoteService | null): Reason | null {
  const state = service?.client.circuit.state();
  if (state?.kind !== 'open' || !ACCOUNT_WIDE.has(state.code)) return null;
  return { code: state.code, message: state.message };
}

/**
 * The job's signal, so far as it concerns a paid call: a lost lease lets it end, for its matte serves whoever holds the
 * job now; so does a person who cancels the job once something was sent, for its matte is kept; and the queue's stop
 * takes effect after the grace time.
 */
function untilGrace(signal: AbortSignal, isSending: () => boolean): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
    if (signal.reason === leaseLost || (signal.reason === jobCancelled && isSending())) return;
    const stop = () => controller.abort(signal.reason);
    if (signal.reason === queueStopped) timer = setTimeout(stop, GRACE_MS);
    else stop();
  };
  if (signal.aborted) abort();
  else signal.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    dispose: () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}
