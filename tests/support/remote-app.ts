import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LEDGER, type LedgerRow } from '../../server/src/tables/ledger';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import type { Session } from '../../scripts/lib/client';
import { bootCore, type CoreApp, jobsOf, listen, removeData } from './core';
import { distinctPicture } from './noise';
import { until } from './until';
import type { JobRow } from '../../server/src/tables/jobs';

/** The test app, its key and the emulated service it talks to; every image is asked of the remote engine. */
export interface RemoteApp {
  app: CoreApp;
  server: RembgServer;
  session: Session;
  key: string;
  /** Everything Strapi has logged, as JSON. */
  log: string[];
  stop(): Promise<void>;
}

export interface RemoteAppOptions {
  engine?: 'remote' | 'auto';
  remote?: Record<string, unknown>;
  config?: Record<string, unknown>;
}

/** Longer than any delay of a busy machine: where the service answers, nothing but its answer decides. */
const timeouts = { connect: 20_000, upload: 30_000, headers: 30_000, body: 30_000, total: 60_000 };

export async function startRemoteApp({
  engine = 'remote',
  remote = {},
  config = {},
}: RemoteAppOptions = {}): Promise<RemoteApp> {
  const server = await startRembgServer();
  const key = server.keys.premium;
  const { apiUrl, accountUrl } = server;
  const paidDir = mkdtempSync(join(tmpdir(), 'cutout-paid-'));
  const app = await bootCore({
    config: {
      // Its pictures show nothing that a model would take for a subject.
      local: { cacheDir: `${process.cwd()}/.cutout/models`, noSubject: 'keep' },
      remote: { apiKey: key, apiUrl, accountUrl, timeouts, concurrency: 8, paidDir, ...remote },
      rules: { everything: { engine } },
      jobs: { pollMs: 100, retryDelayMs: 50, leaseMs: 5000, maxAttempts: 3 },
      ...config,
    },
  });
  const log: string[] = [];
  app.strapi.log.level = 'silly';
  app.strapi.log.transports.forEach((transport) => (transport.silent = true));
  app.strapi.log.on('data', (info: unknown) => log.push(JSON.stringify(info)));
  const session = await listen(app);
  return {
    app,
    server,
    session,
    key,
    log,
    async stop() {
      await app.stop();
      await server.stop();
      removeData(app);
      rmSync(paidDir, { recursive: true, force: true });
    },
  };
}

let seed = 0;

/** Uploads pictures that no upload had before, and returns the ids of their assets. */
export async function uploadDistinct(
  { session }: RemoteApp,
  count: number,
  fields: Record<string, string> = {},
): Promise<number[]> {
  const pictures = await Promise.all(Array.from({ length: count }, () => distinctPicture((seed += 1))));
  return uploadPictures(session, pictures, fields);
}

export async function uploadPictures(
  session: Session,
  pictures: Buffer[],
  fields: Record<string, string> = {},
): Promise<number[]> {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  pictures.forEach((picture, index) => form.append('files', new Blob([new Uint8Array(picture)]), `p${index}.png`));
  const headers = { authorization: `Bearer ${session.token}` };
  const response = await fetch(`${session.url}/api/upload`, { method: 'POST', headers, body: form });
  if (!response.ok) throw new Error(`POST /api/upload: ${response.status} ${await response.text()}`);
  return ((await response.json()) as { id: number }[]).map(({ id }) => id);
}

/** The last job of each asset, once all of them have ended, wait for a window to turn, or for a person. */
export function ended(
  { app }: RemoteApp,
  fileIds: number[],
  timeoutMs = 120_000,
  waits: (job: JobRow) => boolean = waitsLong,
): Promise<JobRow[]> {
  return until(
    `${fileIds.length} jobs have ended`,
    async () => {
      const last = await Promise.all(fileIds.map(async (id) => (await jobsOf(app, id)).at(-1)));
      const open = last.some((job) => !job || job.state === 'running' || (job.state === 'queued' && !waits(job)));
      return !open && (last as JobRow[]);
    },
    timeoutMs,
  );
}

const waitsLong = ({ runAt, reasonCode }: JobRow) =>
  reasonCode !== null && reasonCode !== 'remote.in-flight' && new Date(runAt).getTime() > Date.now() + 3000;

/** Ends the pauses of all that waits, again and again: what growing pauses take hours for is over in a test's time. */
export function endingPauses({ app }: RemoteApp): () => void {
  const timer = setInterval(() => {
    const { waiting, queue } = app.cutout;
    void waiting
      .codes()
      .then((codes) => waiting.lookAgain([...codes]))
      .then(() => queue.wake());
  }, 500);
  return () => clearInterval(timer);
}

export async function ledgerRows({ app }: RemoteApp): Promise<LedgerRow[]> {
  return (await app.strapi.db.query(LEDGER).findMany({ orderBy: { id: 'asc' } })) as LedgerRow[];
}
