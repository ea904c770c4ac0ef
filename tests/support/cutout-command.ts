import { spawn } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../server/src/package-root';

export interface Ran {
  code: number | null;
  stdout: Buffer;
  stderr: string;
}

export interface RunSettings {
  cwd: string;
  env?: Record<string, string>;
  /** What stdin holds; it stays open without an end for `open`. */
  input?: Buffer | 'open';
  /** Another user to run as; only root can ask for one. */
  user?: number;
  /** Words before the command, e.g. `sh -c '… "$@"' sh`. */
  through?: string[];
  /** 100 s when left out. */
  timeoutMs?: number;
  /** Called with the process once it runs. */
  started?: (child: ReturnType<typeof spawn>) => void;
}

/** Runs the built `cutout` command as a user would, without anything of this machine's environment but PATH. */
export function runCutout(
  args: string[],
  { cwd, env = {}, input, started, user, through = [], timeoutMs = 100_000 }: RunSettings,
): Promise<Ran> {
  const command = path.join(packageRoot(), 'dist', 'cli', 'index.js');
  const [program, ...words] = [...through, process.execPath, command, ...args] as [string, ...string[]];
  const child = spawn(program, words, {
    cwd,
    ...(user === undefined ? {} : { uid: user, gid: user }),
    env: { PATH: process.env.PATH ?? '', HOME: cwd, ...env },
    timeout: timeoutMs,
  });
  started?.(child);
  const stdout: Buffer[] = [];
  let stderr = '';
  child.stdout.on('data', (block: Buffer) => stdout.push(block));
  child.stderr.on('data', (block: Buffer) => (stderr += block.toString()));
  child.stdin.on('error', () => undefined);
  if (input !== 'open') child.stdin.end(input);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, stdout: Buffer.concat(stdout), stderr }));
  });
}
