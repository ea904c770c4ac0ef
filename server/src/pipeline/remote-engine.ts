import { access, mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Reason } from '../words';
import type { Config } from '../config/schema';
import { queueStopped } from '../jobs/queue';
import type { Pool } from '../pool/contract';
import type { Ledger } from '../usage/ledger';
import type { Reservations, ReserveRequest } from '../usage/reserve';
import type { Engine, MatteRequest } from '../engines/contract';
import { NotConfiguredError, RemoteError } from '../engines/remote/errors';
import type { RembgClient } from '../engines/remote';

/** What a stored matte of this engine is found by; the service names no model. */
export const REMOTE_MODEL = 'rembg';

export interface RemoteEngineOptions {
  /** Null without an API key. */
  service: { client: RembgClient; keyPrint: string } | null;
  config: Pick<Config, 'local' | 'limits'>;
  pool: Pool;
  ledger: Ledger;
  reservations: Reservations;
  /** Absolute. A paid matte lies here from its arrival on, so that no crash makes it be paid for again. */
  paidDir: string;
}

export interface RemoteEngine extends Engine {
  /** Deletes paid mattes that have lain unused for a month; their variants have long been stored. */
  sweep(): Promise<void>;
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
const KEEP_PAID_MS = 30 * 24 * 60 * 60 * 1000;

/** The Rembg engine: one paid call for a matte, reserved before and written down after. */
export function createRemoteEngine(options: RemoteEngineOptions): RemoteEngine {
  const { service, config, pool, ledger, reservations, paidDir } = options;
  let problem: Reason | null = null;

  /** What the service can read of the original; the original itself where it can. */
  const readable = async ({ original, workDir, signal }: MatteRequest): Promise<string> => {
    // With the limits of the cutout, so that nobody pays for the matte of a picture that is refused afterwards.
    const task = { source: original.path, output: join(workDir, 'to-send'), limits: config.limits, ...LIMITS };
    const { file } = await pool.run('convert', task, { timeoutMs: config.local.jobTimeoutMs, signal });
    return file.path;
  };

  /** Null when another job's paid matte has arrived meanwhile. */
  const reserve = async (entry: ReserveRequest, output: string): Promise<number | null> => {
    const outcome = await reservations.reserve(entry);
    if (outcome.kind === 'reserved') return outcome.id;
    if (await exists(output)) return null;
    await reservations.forget(outcome.id);
    return reserve(entry, output);
  };

  const pay = async (request: MatteRequest, output: string): Promise<void> => {
    if (!service)
      throw new NotConfiguredError('The Rembg engine needs an API key: set remote.apiKey in config/plugins.');
    const { client, keyPrint } = service;
    const path = await readable(request);
    await mkdir(paidDir, { recursive: true });
    const { job, original, onProgress } = request;
    const entry = { job, engine: 'remote' as const, model: REMOTE_MODEL, sourceHash: original.sha256 };
    const reservation = await reserve({ ...entry, keyPrint, decided: job.force }, output);
    if (reservation === null) return;
    const stopKeeping = reservations.keep(reservation);
    const { signal, dispose } = withGrace(request.signal);
    try {
      await client.matte({ path, output, signal, onUploadProgress: onProgress, onDownloadProgress: onProgress });
    } catch (error) {
      const cost = error instanceof RemoteError ? error.cost : 'unknown';
      await ledger.settle(reservation, cost, error instanceof RemoteError ? error.code : 'worker.failed');
      throw error;
    } finally {
      stopKeeping();
      dispose();
    }
    await ledger.settle(reservation, 'charged', null);
  };

  return {
    name: 'remote',
    model: REMOTE_MODEL,
    async prepare(request) {
      const paid = join(paidDir, `${request.original.sha256}.png`);
      const source = { kind: 'file', path: paid } as const;
      // Paid for, then lost with its asset or to a crash before it was stored. What is paid is never paid again, not
      // even by "Make again", which sends only bytes whose first call ended unknown.
      if (await exists(paid)) return { source, model: REMOTE_MODEL, reused: true };
      try {
        await pay(request, paid);
        problem = null;
      } catch (error) {
        if (error instanceof RemoteError) problem = { code: error.code, message: error.message };
        throw error;
      }
      return { source, model: REMOTE_MODEL, reused: false };
    },
    problem: () => problem,
    async sweep() {
      const names = await readdir(paidDir).catch(() => []);
      for (const name of names) {
        const path = join(paidDir, name);
        const { mtimeMs } = await stat(path);
        if (Date.now() - mtimeMs > KEEP_PAID_MS) await rm(path, { force: true });
      }
    },
  };
}

const exists = (path: string) =>
  access(path).then(
    () => true,
    () => false,
  );

/** The signal, but for the queue's stop, which takes effect after the grace time. */
function withGrace(signal: AbortSignal): { signal: AbortSignal; dispose: () => void } {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const abort = () => {
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
