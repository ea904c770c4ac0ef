import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import type { Core } from '@strapi/strapi';
import { type Asset, openSession, request, type Session } from '../../scripts/lib/client';
import { databaseEnv } from '../../scripts/lib/database';
import paths from '../../scripts/lib/paths';
import { type CutoutApp, getApp } from '../../server/src/app';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { LOOK } from '../../server/src/tables/looks';
import { NO_JOB, STORED_FILE, type StoredFileRow } from '../../server/src/tables/files';
import { until } from './until';

/** The test app in this very process, so that a test reaches its database, its provider and the plugin's parts. */
export interface CoreApp {
  strapi: Core.Strapi;
  cutout: CutoutApp;
  dataDir: string;
  /** `level: message` of each line. */
  logs: string[];
  /** Names of the stored files, in order. */
  uploads(): string[];
  stop(): Promise<void>;
}

export interface CoreOptions {
  /** Keys of the plugin's configuration that replace the test app's own. */
  config?: Record<string, unknown>;
  /** Continues with another instance's database and uploads. */
  dataDir?: string;
  /** False boots Strapi without the plugin. */
  enabled?: boolean;
}

const SECRETS = [
  'APP_KEYS',
  'ADMIN_JWT_SECRET',
  'API_TOKEN_SALT',
  'TRANSFER_TOKEN_SALT',
  'ENCRYPTION_KEY',
  'JWT_SECRET',
];

/** Boots without listening: the queue waits for `listen`. CUTOUT_TEST_DB chooses the kind of database. */
export async function bootCore({ config = {}, dataDir, enabled = true }: CoreOptions = {}): Promise<CoreApp> {
  const folder = dataDir ?? mkdtempSync(path.join(tmpdir(), 'cutout-core-'));
  const publicDir = path.join(folder, 'public');
  mkdirSync(path.join(publicDir, 'uploads'), { recursive: true });
  for (const name of SECRETS) process.env[name] ??= randomBytes(32).toString('base64url');
  Object.assign(process.env, {
    PUBLIC_DIR: publicDir,
    ...(await databaseEnv(folder)),
    CUTOUT_ENABLED: String(enabled),
    CUTOUT_CONFIG: JSON.stringify({ jobs: { pollMs: 200, retryDelayMs: 50, leaseMs: 5000 }, ...config }),
    STRAPI_TELEMETRY_DISABLED: 'true',
  });
  // eslint-disable-next-line @typescript-eslint/no-require-imports -- a few seconds of loading that only these tests need
  const { createStrapi } = require('@strapi/strapi') as typeof import('@strapi/strapi');
  const instance = createStrapi({ appDir: paths.app, distDir: paths.app, autoReload: false, serveAdminPanel: false });
  const logs: string[] = [];
  for (const transport of instance.log.transports) transport.silent = true;
  instance.log.on('data', ({ level, message }: { level: string; message: string }) =>
    logs.push(stripVTControlCharacters(`${level}: ${message}`)),
  );
  const strapi = await instance.load();
  strapi.server.mount();
  return {
    strapi,
    get cutout() {
      return getApp(strapi);
    },
    dataDir: folder,
    logs,
    uploads: () => readdirSync(path.join(publicDir, 'uploads')).sort(),
    async stop() {
      await strapi.destroy();
    },
  };
}

export const removeData = (app: CoreApp): void => rmSync(app.dataDir, { recursive: true, force: true });

/** Stops the app and removes all that it has. */
export async function discard(app: CoreApp): Promise<void> {
  await app.stop();
  removeData(app);
}

/** Listens on a free port, which starts the queue. Logs in as the first admin, unless the database has one with `known`. */
export async function listen(app: CoreApp, known?: Session): Promise<Session> {
  const server = app.strapi.server.httpServer;
  // A connection that the server closes just as the next request takes it would fail that request.
  server.keepAliveTimeout = 120_000;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return known ? { ...known, url } : openSession(url);
}

export interface Upload {
  name: string;
  bytes: Buffer | string;
  type?: string;
  /** Further multipart fields. */
  fields?: Record<string, string>;
  /** Asset that gets these bytes; a new one when left out. */
  replace?: number;
}

/** Uploads through the content API. */
export async function upload(session: Session, { name, bytes, type, fields = {}, replace }: Upload): Promise<Asset> {
  const form = new FormData();
  for (const [field, value] of Object.entries(fields)) form.set(field, value);
  form.set('files', new Blob([new Uint8Array(Buffer.from(bytes))], type ? { type } : {}), name);
  const route = replace === undefined ? '/api/upload' : `/api/upload?id=${replace}`;
  const answer = (await request(session.url, 'POST', route, { bearer: session.token, form })) as Asset | Asset[];
  return Array.isArray(answer) ? answer[0]! : answer;
}

/** An asset's jobs, oldest first. */
export async function jobsOf(app: CoreApp, fileId: number): Promise<JobRow[]> {
  return (await app.strapi.db.query(JOB).findMany({ where: { fileId }, orderBy: { id: 'asc' } })) as JobRow[];
}

/** All but those whose file was given up on its way, and is still looked for. */
export async function storedRows(app: CoreApp): Promise<StoredFileRow[]> {
  const where = { jobId: { $ne: NO_JOB } };
  return (await app.strapi.db.query(STORED_FILE).findMany({ where, orderBy: { id: 'asc' } })) as StoredFileRow[];
}

/** Waits until everything is planned, no job is queued or running, the queue has nothing in hand and all is swept. */
export function idle(app: CoreApp, timeoutMs = 90_000): Promise<true> {
  return until(
    'all jobs have ended',
    async () => {
      const looks = await app.strapi.db.query(LOOK).count();
      const open = await app.strapi.db.query(JOB).count({ where: { state: { $in: ['queued', 'running'] } } });
      const { queue, sweepSoon } = app.cutout;
      return looks === 0 && open === 0 && queue.running() === 0 && sweepSoon.pending() === 0 && (true as const);
    },
    timeoutMs,
  );
}

/** Keeps queued jobs from being taken until the function that it returns is called. */
export function holdJobs({ cutout }: CoreApp): () => void {
  const { jobs, queue } = cutout;
  const { claim } = jobs;
  jobs.claim = async () => null;
  return () => {
    jobs.claim = claim;
    queue.wake();
  };
}
