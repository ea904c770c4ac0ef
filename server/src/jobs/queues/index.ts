import type { Config } from '../../config/schema';
import { type EngineName, engineName } from '../../words';
import type { JobQueue, RunJob } from '../queue';
import type { JobStore } from '../store';
import { createBullQueue, type LaneSettings } from './bull';
import { createEmbeddedQueue } from './embedded';

export interface QueueOptions {
  config: Config;
  store: JobStore;
  run: RunJob;
  /** Whether the remote engine has a key now. */
  hasRemote: () => boolean;
  /** Names the database: apps that share a Redis must not take each other's entries. */
  installation: string;
  /** Jobs of which engines this process takes at the moment. */
  engines: () => readonly EngineName[];
  onError: (message: string) => void;
  onNotice: (message: string) => void;
}

/** Nobody wakes a worker that has only the database to look at, so it looks more often. */
const WORKER_POLL_MS = 500;

export function createQueue({ config, hasRemote, installation, ...options }: QueueOptions): JobQueue {
  const { leaseMs } = config.jobs;
  // Jobs beyond the workers wait for a child, those of the remote engine for the network.
  const local = config.role === 'web' ? 0 : config.local.workers;
  const remote = config.role === 'web' ? 0 : config.remote.concurrency;
  if (config.queue.driver === 'embedded') {
    const pollMs = config.role === 'worker' ? Math.min(config.jobs.pollMs, WORKER_POLL_MS) : config.jobs.pollMs;
    const concurrency = () => local + (hasRemote() ? remote : 0);
    return createEmbeddedQueue({ ...options, concurrency, leaseMs, pollMs });
  }
  const { redis, prefix } = config.queue;
  if (redis === null) throw new Error('The driver bull has no address of Redis, which its schema asks for.');
  return createBullQueue({ ...options, ...config.jobs, lanes: lanesOf(), url: redis, prefix });

  function lanesOf(): LaneSettings[] {
    const name = (kind: string) => `${installation}-${kind}`;
    const limit = config.remote.jobsPerMinute;
    const limiter = limit === null ? undefined : { max: limit, duration: 60_000 };
    return [
      { name: name('local'), engines: () => (hasRemote() ? ['local'] : engineName.options), concurrency: local },
      // A job of the engine auto may end in a paid call, so it counts as one, where there is a key.
      {
        ...{ name: name('remote'), engines: () => (hasRemote() ? ['remote', 'auto'] : []) },
        ...{ concurrency: remote, limiter },
      },
    ];
  }
}
