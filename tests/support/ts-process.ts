import { type ChildProcess, fork } from 'node:child_process';
import path from 'node:path';
import { createInterface } from 'node:readline';
import paths from '../../scripts/lib/paths';
import { childEnv } from '../../scripts/lib/run';

export interface TsProcess<Announced> {
  /** The one JSON line it printed when it was ready. */
  announced: Announced;
  stop(): Promise<void>;
}

const START_MS = 60_000;

/** Runs a TypeScript file in a process of its own, which ends with this one, and waits for its first line, JSON. */
export async function startTs<Announced>(file: string, args: string[] = []): Promise<TsProcess<Announced>> {
  const lib = path.join(paths.root, 'scripts/lib/exit-with-parent.js');
  const child = fork(path.join(paths.root, 'scripts/run-ts.mjs'), [path.join(paths.root, file), ...args], {
    cwd: paths.root,
    execArgv: ['--require', lib],
    env: childEnv(),
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const stop = () => end(child);
  try {
    return { announced: (await firstLine(child, file)) as Announced, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function firstLine(child: ChildProcess, file: string): Promise<unknown> {
  return new Promise((resolve, reject) => {
    let complaint = '';
    child.stderr?.on('data', (text: Buffer) => (complaint = (complaint + text.toString()).slice(-4000)));
    const fail = (why: string) => reject(new Error(`${file} ${why}: ${complaint.trim()}`));
    const timer = setTimeout(() => fail(`said nothing for ${START_MS / 1000} s`), START_MS);
    child.once('close', () => fail('ended'));
    createInterface({ input: child.stdout! }).once('line', (line) => {
      clearTimeout(timer);
      try {
        resolve(JSON.parse(line));
      } catch {
        fail(`said '${line}'`);
      }
    });
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const closed = new Promise<void>((resolve) => child.once('close', () => resolve()));
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 5000);
  await closed;
  clearTimeout(late);
}
