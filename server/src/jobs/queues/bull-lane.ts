import { once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import Bull from 'bull';
import type { Redis } from 'ioredis';
import type { EngineName } from '../../words';
import type { DueJob } from '../due';
import { limited } from '../../limit';
import { ANSWER_MS, causeOf, type ConnectionKind, connectRedis, type Presence } from './redis';

export interface LaneOptions {
  url: string;
  prefix: string;
  /** Of the queue in Redis; the nodes of one database share it. */
  name: string;
  /** Whose jobs they are, as things are now; of none, the lane rests. */
  engines: () => readonly EngineName[];
  /** Jobs of this lane at the same time in this process. */
  concurrency: number;
  /** A job whose worker died is dispatched again after this. */
  leaseMs: number;
  limiter?: Bull.RateLimiter | undefined;
  /** Handles one dispatched job; resolves to whether there was something to do. Must not reject. */
  handle: (id: number) => Promise<boolean>;
  /** The job's entry has left Redis, so the same job may be dispatched again. */
  onHandled: (entry: string, ran: boolean) => void;
  presence: Presence;
  onError: (message: string) => void;
}

/** One queue of Bull's. Its entries say "look at this row", and nothing else; losing or doubling them does no harm. */
export interface Lane {
  engines(): readonly EngineName[];
  /** Dispatches these rows; those that are dispatched already stay where they are. */
  add(jobs: readonly DueJob[], signal: AbortSignal): Promise<void>;
  /** Removes what Redis knows of but has in no list, as a half-lost memory leaves it: it would never come up. */
  unstick(entries: readonly string[], signal: AbortSignal): Promise<void>;
  ping(signal: AbortSignal): Promise<void>;
  /** Begins or ends to take jobs. */
  take(wanted: boolean): void;
  /** Takes no more, waits for what is handled, closes all connections; `ms` at most. */
  stop(ms: number): Promise<void>;
}

/** Names a dispatch. A row whose priority rises is dispatched once more, ahead; what it had finds nothing to do. */
export const entryOf = ({ id, priority }: DueJob): string => `${id}-${priority}`;

const REOPEN_MS = 1000;
/** A lane that this process takes nothing of any more finishes what it has in hand. */
const HANDLED_MS = 60 * 60_000;
/** What Bull says to Redis at its end is no more than politeness. */
const CLOSE_MS = 1000;

export function createLane(options: LaneOptions): Lane {
  const { engines } = options;
  const producer = openQueue(options);
  let consumer: Consumer | null = null;
  const closing = new Set<Promise<void>>();

  const leave = (ms: number) => {
    if (!consumer) return;
    const closed = consumer.close(ms);
    consumer = null;
    closing.add(closed);
    void closed.finally(() => closing.delete(closed));
  };

  return {
    engines,
    async add(jobs, signal) {
      const entries = jobs.map((job) => ({ data: {}, opts: dispatchOptions(job) }));
      const added = await asked(signal, () => producer.queue.addBulk(entries));
      // Bull does not look whether each was taken.
      if (added.some(({ id }) => !id)) throw new Error('Redis took an entry without a name for it.');
    },
    async unstick(entries, signal) {
      for (const entry of entries) {
        await asked(signal, async () => {
          const job = await producer.queue.getJob(entry);
          if (job && (await job.getState()) === 'stuck') await job.remove();
        });
      }
    },
    ping: (signal) => asked(signal, async () => void (await producer.queue.client.ping())),
    take(wanted) {
      if (wanted) consumer ??= consume(options);
      else leave(HANDLED_MS);
    },
    async stop(ms) {
      leave(ms);
      await Promise.all(closing);
      await producer.close();
    },
  };

  /** Asks Redis something, once there is a connection; `ANSWER_MS` at most. */
  function asked<T>(signal: AbortSignal, ask: () => Promise<T>): Promise<T> {
    return limited(ANSWER_MS, signal, async (limit) => {
      const { client } = producer.queue;
      if (client.status !== 'ready') await once(client, 'ready', { signal: limit });
      return ask();
    });
  }
}

/** All at once, so that none is taken in between: Bull's order by priority would be off by that one. */
const dispatchOptions = (job: DueJob): Bull.JobOptions => ({
  jobId: entryOf(job),
  // Bull takes 1 for the most urgent; 0 would go past all others.
  priority: job.priority + 1,
  removeOnComplete: true,
  removeOnFail: true,
});

interface Open {
  queue: Bull.Queue;
  /** Fetches no more entries. */
  pause(): Promise<void>;
  close(): Promise<void>;
}

function openQueue({ url, prefix, name, leaseMs, limiter, presence }: LaneOptions): Open {
  const connections: Redis[] = [];
  const queue = new Bull(name, {
    prefix,
    createClient: (kind: ConnectionKind) => {
      const connection = connectRedis(url, kind);
      if (kind === 'client') connection.on('error', (error) => presence.failed(error));
      // The others share its fate; an error without a listener would end the process.
      else connection.on('error', () => undefined);
      connections.push(connection);
      return connection;
    },
    settings: {
      lockDuration: leaseMs,
      stalledInterval: leaseMs,
      // How often a process may die with a job is counted in its row.
      maxStalledCount: 1_000_000,
      retryProcessDelay: REOPEN_MS,
    },
    ...(limiter ? { limiter } : {}),
  });
  // Bull names its connection without waiting for it: a rejection that nobody handles.
  Object.assign(queue, { setWorkerName: () => Promise.resolve() });
  return {
    queue,
    async pause() {
      const pausing = queue.pause(true, true);
      await nextTurn();
      // Bull asks the connection to end, which waits for an entry until then.
      for (const connection of connections) if (isBlocked(connection)) connection.disconnect();
      await limited(CLOSE_MS, undefined, () => pausing).catch(() => undefined);
    },
    async close() {
      await limited(CLOSE_MS, undefined, () => queue.close(true)).catch(() => undefined);
      connections.forEach(closeForGood);
    },
  };
}

/** Bull marks the connection that waits for an entry so. */
const isBlocked = (connection: Redis): boolean => 'blocked' in connection && connection.blocked === true;

/** Bull takes a blocked connection up again to end its wait, which may be after this. */
function closeForGood(connection: Redis): void {
  connection.options.retryStrategy = () => null;
  connection.on('connect', () => connection.disconnect());
  connection.disconnect();
}

interface Consumer {
  /** Takes no more, and waits `ms` at most for what is handled. */
  close(ms: number): Promise<void>;
}

/** Takes jobs until it is closed. Bull gives up where Redis does not answer at its start; it is begun anew then. */
function consume(options: LaneOptions): Consumer {
  const { concurrency, handle, onHandled, presence, onError } = options;
  const refusals = new Set<string>();
  /** Entries that are handled, or whose end is being told to Redis. */
  const underWay = new Set<string>();
  let opened: Open | null = null;
  let reopening: NodeJS.Timeout | undefined;
  let closed = false;
  let onEmpty: () => void = () => undefined;

  const leave = (entry: string) => {
    underWay.delete(entry);
    if (underWay.size === 0) onEmpty();
  };
  const open = () => {
    const mine = openQueue(options);
    opened = mine;
    mine.queue.on('completed', ({ id }, ran: boolean) => {
      leave(String(id));
      onHandled(String(id), ran);
    });
    // Connections tell for themselves. What Redis refuses, for want of a permission or memory, is told once.
    mine.queue.on('error', (error) => {
      const cause = causeOf(error);
      if (error.name !== 'ReplyError' || refusals.has(cause)) return;
      refusals.add(cause);
      onError(`jobs cannot be taken from Redis: ${cause}`);
    });
    const take = async ({ id }: Bull.Job): Promise<boolean> => {
      const entry = String(id);
      underWay.add(entry);
      return handle(Number.parseInt(entry, 10));
    };
    mine.queue.process(concurrency, take).catch((error: unknown) => {
      presence.failed(error);
      void mine.close();
      if (!closed) reopening = setTimeout(open, REOPEN_MS).unref();
    });
  };
  open();
  return {
    async close(ms) {
      closed = true;
      clearTimeout(reopening);
      await opened?.pause();
      const empty = new Promise<void>((resolve) => (onEmpty = resolve));
      if (underWay.size > 0) await limited(Math.max(1, ms), undefined, () => empty).catch(() => undefined);
      await opened?.close();
    },
  };
}
