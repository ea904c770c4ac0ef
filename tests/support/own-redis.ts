import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../../scripts/lib/port';

const SERVER = '/usr/bin/redis-server';
export const hasOwnRedis = existsSync(SERVER);

/** A Redis of the test's own on a free port, that keeps nothing over a restart. */
export interface OwnRedis {
  port: number;
  start(): Promise<void>;
  /** `kill -9`. */
  kill(): Promise<void>;
  /** E.g. SIGSTOP, which makes it hang. */
  signal(signal: NodeJS.Signals): void;
  /** Ends it, and removes its folder. */
  stop(): Promise<void>;
}

export async function ownRedis(args: string[] = []): Promise<OwnRedis> {
  const port = await freePort();
  const dir = mkdtempSync(path.join(tmpdir(), 'cutout-redis-'));
  let redis: ChildProcess | null = null;
  const kill = async () => {
    if (!redis) return;
    const closed = once(redis, 'close');
    redis.kill('SIGKILL');
    await closed;
    redis = null;
  };
  return {
    port,
    async start() {
      const all = ['--port', String(port), '--dir', dir, '--save', '', '--appendonly', 'no', ...args];
      redis = spawn(SERVER, all, { stdio: ['ignore', 'pipe', 'pipe'] });
      await once(redis.stdout!, 'data');
      await sleep(300);
    },
    kill,
    signal: (signal) => void redis?.kill(signal),
    async stop() {
      await kill();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}
