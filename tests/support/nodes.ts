import { copyFileSync, existsSync, mkdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import Database from 'better-sqlite3';
import { type App, newDataDir, startApp } from '../../scripts/lib/app';
import { openSession, type Session } from '../../scripts/lib/client';
import { createDatabase, dropDatabase, query, testClient } from '../../scripts/lib/database';
import { parseConfig } from '../../server/src/config';
import { startStorage, type Storage } from './storage';
import { startWorker, type WorkerProcess } from './worker-process';

export type Client = ReturnType<typeof testClient>;

export interface NodesOptions {
  count?: number;
  /** The kind of database they share; what CUTOUT_TEST_DB says when left out. SQLite serves one node only. */
  client?: Client;
  /** Keys of the plugin's configuration that replace the test app's own. */
  config?: Record<string, unknown>;
  env?: Record<string, string>;
  /** What the nodes take for the database's address, e.g. a proxy in front of it. */
  address?: (url: string) => Promise<string>;
}

/**
 * Strapi processes that share a database, their keys and a storage in the network, and nothing else: each has its own
 * folder, as on its own machine.
 */
export interface Nodes {
  /** The process of each node that runs now, or ran last. */
  apps: App[];
  /** The admin's session with a node; any node takes it. */
  session(index: number): Session;
  storage: Storage;
  /** Where the common database is: an address, or SQLite's file; the other one is empty. */
  databaseUrl: string;
  databaseFile: string;
  /** Rows of the common database; the SQL must be that of all databases. */
  rows<Row>(sql: string): Promise<Row[]>;
  /** A write beside the nodes, in SQL of all databases. */
  write(sql: string): Promise<void>;
  /** A `cutout worker` beside the nodes; the same number has the same folder again. Its end is the caller's. */
  startWorker(number: number): Promise<WorkerProcess>;
  /** What all processes of all nodes have printed, those included that were killed. */
  log(): string;
  /** `kill -9`; its place stays empty until `start`. */
  kill(index: number): Promise<void>;
  /** In order, as a deploy does. */
  end(index: number): Promise<void>;
  /** Again on the same port and folder, with another configuration if one is given. */
  start(index: number, config?: Record<string, unknown>): Promise<void>;
  stop(): Promise<void>;
}

export async function startNodes(options: NodesOptions = {}): Promise<Nodes> {
  const { count = 2, client = testClient() } = options;
  if (client === 'sqlite' && count > 1) throw new Error('Several nodes need a database server: postgres or mysql.');
  const base = newDataDir();
  const storage = await startStorage();
  const url = client === 'sqlite' ? '' : await createDatabase(client);
  const address = options.address ? await options.address(url) : url;
  const apps: App[] = [];
  const ended: string[] = [];
  let config = options.config ?? {};

  const folderOf = (name: string): string => {
    const dataDir = path.join(base, name);
    mkdirSync(path.join(dataDir, 'tmp'), { recursive: true });
    const secrets = path.join(base, 'node-0', 'secrets.json');
    if (name !== 'node-0' && existsSync(secrets)) copyFileSync(secrets, path.join(dataDir, 'secrets.json'));
    return dataDir;
  };

  const envOf = (dataDir: string) => ({
    TMPDIR: path.join(dataDir, 'tmp'),
    ...(client === 'sqlite' ? {} : { DATABASE_CLIENT: client, DATABASE_URL: address }),
    ...storage.env,
    ...options.env,
    CUTOUT_CONFIG: JSON.stringify(ofNode(config, dataDir)),
  });

  const boot = async (index: number): Promise<App> => {
    const dataDir = folderOf(`node-${index}`);
    return startApp({ dataDir, ...(apps[index] ? { port: apps[index].port } : {}), env: envOf(dataDir) });
  };

  const stop = async () => {
    await Promise.all(apps.map((app) => app.stop()));
    await storage.stop();
    if (url) await dropDatabase(url);
    rmSync(base, { recursive: true, force: true });
  };

  try {
    // The first makes the tables; two that did so at once would fail on each other.
    for (let index = 0; index < count; index += 1) apps.push(await boot(index));
    const session = await openSession(apps[0]!.url);
    const leave = (index: number) => void ended.push(apps[index]!.log());
    return {
      apps,
      storage,
      databaseUrl: url,
      databaseFile: url ? '' : path.join(base, 'node-0', 'data.db'),
      session: (index) => ({ ...session, url: apps[index]!.url }),
      rows: (sql) => rows(url, path.join(base, 'node-0', 'data.db'), sql),
      write: (sql) => write(url, path.join(base, 'node-0', 'data.db'), sql),
      startWorker(number) {
        const dataDir = folderOf(`worker-${number}`);
        return startWorker({ dataDir, publicDir: path.join(dataDir, 'public') }, envOf(dataDir));
      },
      log: () => [...ended, ...apps.map((app) => app.log())].join('\n'),
      async kill(index) {
        await apps[index]!.kill();
        leave(index);
      },
      async end(index) {
        await apps[index]!.stop();
        leave(index);
      },
      async start(index, changed) {
        config = changed ?? config;
        apps[index] = await boot(index);
      },
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** What would lie in the app's folder, which all nodes of this machine share, lies in the node's own. */
function ofNode(config: Record<string, unknown>, dataDir: string): Record<string, unknown> {
  if (!('paidDir' in parseConfig({}).remote)) return config;
  return { ...config, remote: { ...(config.remote as object), paidDir: path.join(dataDir, 'paid') } };
}

async function rows<Row>(url: string, file: string, sql: string): Promise<Row[]> {
  if (url) return (await query(url, sql))[0] as Row[];
  const database = new Database(file, { readonly: true });
  try {
    return database.prepare(sql).all() as Row[];
  } finally {
    database.close();
  }
}

async function write(url: string, file: string, sql: string): Promise<void> {
  if (url) return void (await query(url, sql));
  const database = new Database(file);
  try {
    database.pragma('busy_timeout = 10000');
    database.exec(sql);
  } finally {
    database.close();
  }
}

/** A JSON column as any of the databases gives it. */
export const asJson = <T>(value: unknown): T => (typeof value === 'string' ? JSON.parse(value) : value) as T;
