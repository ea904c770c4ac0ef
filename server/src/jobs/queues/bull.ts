import { messageOf } from '../../errors';
import { createNap } from '../../nap';
import { limited } from '../../limit';
import type { EngineName } from '../../words';
import type { JobQueue, RunJob } from '../queue';
import type { JobStore } from '../store';
import { createLane, entryOf, type Lane, type LaneOptions } from './bull-lane';
import { createHands } from './hands';
import { createPresence } from './redis';

/** Jobs of some engines, so many at a time in this process; 0 dispatches them only. */
export interface LaneSettings extends Pick<LaneOptions, 'engines' | 'concurrency' | 'limiter'> {
  name: string;
}

export interface BullQueueOptions {
  store: Pick<JobStore, 'due' | 'claimById' | 'renew'>;
  run: RunJob;
  lanes: readonly LaneSettings[];
  /** `redis://` or `rediss://` address. */
  url: string;
  prefix: string;
  leaseMs: number;
  pollMs: number;
  /** Jobs of which engines this process takes at the moment; of all when left out. */
  engines?: () => readonly EngineName[];
  onError: (message: string) => void;
  /** Redis went away, or came back. */
  onNotice: (message: string) => void;
}

/** So many due jobs of a lane are in Redis at most for one process; the others follow as those are taken. */
const WINDOW = 200;
/** A due job in front that nobody took for so long is looked for in Redis. */
const STUCK_MS = 30_000;
const FRONT = 20;

/**
 * The queue on Redis. Bull carries dispatch, priority, the common rate and the number of jobs at a time over any number
 * of processes; the rows stay the truth. A sweep dispatches what is due, again and again: an entry that Redis lost comes
 * back with the next, and one too many finds no job to claim.
 */
export function createBullQueue(options: BullQueueOptions): JobQueue {
  const { store, leaseMs, pollMs, engines, onError, onNotice } = options;
  const presence = createPresence(onNotice, onNotice);
  const hands = createHands(options);
  const nap = createNap();
  /** What the last full sweep and those since have dispatched. */
  const dispatched = new Set<string>();
  const missed = new Set<string>();
  /** By entry, since when a job in front is due. */
  let front = new Map<string, number>();
  let lanes: { lane: Lane; takes: boolean }[] = [];
  let loop: Promise<void> | null = null;
  const stopping = new AbortController();
  let stopped = false;
  let sweptAt = -Infinity;

  const handle = async (id: number): Promise<boolean> => {
    if (stopped) return false;
    try {
      const job = await store.claimById(id, leaseMs, engines?.(), hands.inHand());
      if (job) await hands.run(job);
      return job !== null;
    } catch (error) {
      onError(`job ${id} could not be claimed: ${messageOf(error)}`);
      return false;
    }
  };

  /** What found its asset busy, or no row to claim, is dispatched again when a job has ended here, or at the next sweep. */
  const onHandled = (entry: string, ran: boolean): void => {
    missed.add(entry);
    if (!ran) return;
    for (const one of missed) dispatched.delete(one);
    missed.clear();
    nap.wake();
  };

  const open = (settings: LaneSettings): Lane =>
    createLane({
      ...settings,
      ...{ url: options.url, prefix: options.prefix, leaseMs, presence, onError },
      ...{ handle, onHandled },
    });

  const takeWhatIsMine = () => {
    const mine = engines?.();
    const isMine = (name: EngineName) => !mine || mine.includes(name);
    for (const { lane, takes } of lanes) lane.take(takes && lane.engines().some(isMine));
  };

  const sweep = async (lane: Lane, full: boolean, now: number): Promise<Map<string, number>> => {
    const engines = lane.engines();
    const due = engines.length === 0 ? [] : await store.due(engines, WINDOW);
    const news = full ? due : due.filter((job) => !dispatched.has(entryOf(job)));
    const since = new Map(due.slice(0, FRONT).map((job) => [entryOf(job), front.get(entryOf(job)) ?? now]));
    try {
      if (news.length > 0) await lane.add(news, stopping.signal);
      else if (full) await lane.ping(stopping.signal);
      const stuck = [...since].flatMap(([entry, at]) => (now - at > STUCK_MS ? [entry] : []));
      if (full) await lane.unstick(stuck, stopping.signal);
      for (const job of news) dispatched.add(entryOf(job));
      if (full || news.length > 0) presence.worked();
    } catch (error) {
      if (!stopped) presence.failed(error);
    }
    return since;
  };

  const round = async () => {
    const now = performance.now();
    const full = presence.isAway() || now - sweptAt >= pollMs;
    if (full) {
      sweptAt = now;
      dispatched.clear();
      missed.clear();
      takeWhatIsMine();
    }
    try {
      const fronts = await Promise.all(lanes.map(({ lane }) => sweep(lane, full, now)));
      front = new Map(fronts.flatMap((one) => [...one]));
    } catch (error) {
      onError(`due jobs could not be read: ${messageOf(error)}`);
    }
  };

  const work = async () => {
    while (!stopped) {
      await round();
      if (!stopped) await nap.take(pollMs);
    }
  };

  return {
    start() {
      if (loop || stopped) return;
      lanes = options.lanes.map((settings) => ({ lane: open(settings), takes: settings.concurrency > 0 }));
      loop = work();
    },
    wake: nap.wake,
    async stop(timeoutMs) {
      stopped = true;
      stopping.abort();
      nap.wake();
      hands.letGo();
      const ended = Promise.all([loop, ...lanes.map(({ lane }) => lane.stop(timeoutMs))]);
      await limited(timeoutMs, undefined, () => ended).catch(() => undefined);
    },
    running: () => hands.inHand().length,
  };
}
