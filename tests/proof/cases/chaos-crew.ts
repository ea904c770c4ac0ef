import { setTimeout as sleep } from 'node:timers/promises';
import { pick, type Random } from '../../fixtures/random';
import type { Nodes } from '../../support/nodes';
import type { WorkerProcess } from '../../support/worker-process';

/** Who does the jobs, each started again after it was killed, as a supervisor does. */
export interface Crew {
  /** `kill -9` of one of those that are up. */
  killOne(random: Random): Promise<void>;
  /** Processes that ended without being killed, and starts that failed. */
  ended(): number;
  failedStarts(): number;
  log(): string;
  stop(): Promise<void>;
}

/** On SQLite the Strapi node does the jobs itself: one process on one file. */
export function nodeCrew(nodes: Nodes): Crew {
  let ended = 0;
  const look = () => void (ended += nodeEnded(nodes));
  return {
    async killOne() {
      look();
      await nodes.kill(0);
      await nodes.start(0);
    },
    ended: () => ended,
    failedStarts: () => 0,
    log: () => nodes.log(),
    stop: async () => look(),
  };
}

function nodeEnded(nodes: Nodes): number {
  const { exitCode, signalCode } = nodes.apps[0]!.process;
  return Number(exitCode !== null || signalCode !== null);
}

export async function workerCrew(nodes: Nodes, count: number): Promise<Crew> {
  const up = new Map<number, WorkerProcess>();
  const logs: string[] = [];
  const starting = new Set<Promise<void>>();
  let ended = 0;
  let failed = 0;
  let stopped = false;

  const start = async (number: number): Promise<void> => {
    while (!stopped) {
      try {
        up.set(number, await nodes.startWorker(number));
        return;
      } catch (error) {
        failed += 1;
        logs.push(String(error));
        console.error(String(error).slice(-600));
        await sleep(1000);
      }
    }
  };
  const begin = (number: number): void => {
    const work = start(number).finally(() => starting.delete(work));
    starting.add(work);
  };
  const leave = async (number: number, end: (worker: WorkerProcess) => Promise<unknown>): Promise<void> => {
    const worker = up.get(number)!;
    up.delete(number);
    if (!worker.isAlive()) ended += 1;
    await end(worker);
    logs.push(worker.log());
  };

  await Promise.all(Array.from({ length: count }, (_, number) => start(number)));
  return {
    async killOne(random) {
      while (up.size === 0) await sleep(50);
      const number = pick(random, [...up.keys()].sort());
      await leave(number, (worker) => worker.kill());
      begin(number);
    },
    ended: () => ended,
    failedStarts: () => failed,
    log: () => [nodes.log(), ...logs, ...[...up.values()].map((worker) => worker.log())].join('\n'),
    async stop() {
      if (!stopped) ended += nodeEnded(nodes);
      stopped = true;
      await Promise.all(starting);
      await Promise.all([...up.keys()].map((number) => leave(number, (worker) => worker.stop())));
    },
  };
}
