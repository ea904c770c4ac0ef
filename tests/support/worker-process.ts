import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { App } from '../../scripts/lib/app';
import { databaseEnv } from '../../scripts/lib/database';
import paths from '../../scripts/lib/paths';
import { childEnv } from '../../scripts/lib/run';
import { until } from './until';

/** A `cutout worker` process beside a started app, on its database and files. */
export interface WorkerProcess {
  pid: number;
  log(): string;
  isAlive(): boolean;
  /** SIGTERM, and how it ended. */
  stop(): Promise<{ code: number | null; ms: number }>;
  kill(): Promise<void>;
}

/** A start takes seconds, but for a machine that is busy with others. */
const START_MS = 240_000;

export async function startWorker(
  app: Pick<App, 'dataDir' | 'publicDir'>,
  env: NodeJS.ProcessEnv = {},
  args: string[] = [],
): Promise<WorkerProcess> {
  const secrets = JSON.parse(readFileSync(path.join(app.dataDir, 'secrets.json'), 'utf8')) as NodeJS.ProcessEnv;
  const command = path.join(paths.root, 'dist/cli/index.js');
  const withParent = path.join(paths.root, 'scripts/lib/exit-with-parent.js');
  const child = spawn(process.execPath, ['--require', withParent, command, 'worker', ...args], {
    cwd: paths.app,
    env: {
      ...childEnv(),
      ...(env.DATABASE_CLIENT ? {} : await databaseEnv(app.dataDir)),
      ...secrets,
      NODE_ENV: 'production',
      PUBLIC_DIR: app.publicDir,
      ...env,
    },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let output = '';
  for (const stream of [child.stdout!, child.stderr!]) {
    stream.on('data', (text: Buffer) => (output = (output + text.toString()).slice(-100_000)));
  }
  try {
    await until(
      'the worker takes jobs',
      () => {
        if (child.exitCode !== null || child.signalCode !== null) throw new Error(`The worker ended:\n${output}`);
        return output.includes('This worker takes jobs');
      },
      START_MS,
    );
  } catch (error) {
    await end(child, 'SIGKILL');
    throw new Error(`No worker came up; it said:\n${output}`, { cause: error });
  }
  return {
    pid: child.pid!,
    log: () => output,
    isAlive: () => child.exitCode === null && child.signalCode === null,
    async stop() {
      const at = Date.now();
      const code = await end(child, 'SIGTERM');
      return { code, ms: Date.now() - at };
    },
    kill: async () => void (await end(child, 'SIGKILL')),
  };
}

function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve(child.exitCode);
  return new Promise((resolve) => {
    const late = setTimeout(() => child.kill('SIGKILL'), 30_000);
    child.once('close', (code) => {
      clearTimeout(late);
      resolve(code);
    });
    child.kill(signal);
  });
}
