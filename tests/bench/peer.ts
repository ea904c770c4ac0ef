import { fork } from 'node:child_process';
import path from 'node:path';
import type { PeerAnswer, PeerTask } from './peer-process';

export interface Peer {
  /** Milliseconds from file in to encoded file out. */
  cut(source: string, output: string): Promise<number>;
  end(): void;
}

const TIME_LIMIT_MS = 120_000;

export function startPeer(root: string): Peer {
  // Its resources are looked for under the working directory.
  const child = fork(path.join(root, 'scripts', 'run-ts.mjs'), ['tests/bench/peer-process.ts'], {
    cwd: root,
    env: { ...process.env, ORT_DISABLE_TELEMETRY: '1' },
  });
  const cut = (source: string, output: string) =>
    new Promise<number>((resolve, reject) => {
      const fail = (why: string): void => {
        clearTimeout(timer);
        child.removeAllListeners('exit').removeAllListeners('message');
        reject(new Error(`The peer failed: ${why}`));
      };
      const timer = setTimeout(() => fail(`no answer within ${TIME_LIMIT_MS} ms`), TIME_LIMIT_MS);
      child.once('exit', () => fail('its process ended'));
      child.once('message', (answer: PeerAnswer) => {
        if ('error' in answer) return fail(answer.error);
        clearTimeout(timer);
        child.removeAllListeners('exit');
        resolve(answer.ms);
      });
      child.send({ source, output } satisfies PeerTask);
    });
  return { cut, end: () => void child.kill() };
}
