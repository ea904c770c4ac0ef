import type { AssetsResponse, AssetView } from '../../../server/src/api/contracts';
import { EXPECT_MS, type Followed as Planned, nextLook } from './plan';

/** What is known of an asset's cutout on this page. */
export interface Followed {
  view: AssetView | null;
  /** Why there is no view: not for this user, not in the library, or it could not be read. */
  problem: 'forbidden' | 'missing' | 'unreadable' | null;
}

/** An image on the page. */
export interface Wanted {
  fileId: number;
  /** Changes when the entry is saved or the file itself changes: the state is read anew. Null: another part tells. */
  revision: string | null;
  /** A field asks for this cutout, so a job is expected soon after. */
  isExpected: boolean;
}

export interface Follower {
  /** Says what one part of the page shows, in place of what it said before; nothing when it goes. */
  follow(part: object, wanted: readonly Wanted[]): void;
  /** Takes over what a request of this page answered; what follows from it is looked for. */
  put(view: AssetView): void;
  /** Reads all anew. */
  refresh(): void;
  /** The page came to the front or went to the back. */
  wake(): void;
  subscribe(onChange: () => void): () => void;
  /** The same object until something changes. */
  snapshot(): ReadonlyMap<number, Followed>;
}

export interface FollowerOptions {
  read(ids: number[]): Promise<AssetsResponse>;
  isHidden(): boolean;
  now(): number;
  /** @returns what cancels it */
  later(ms: number, work: () => void): () => void;
  /** Ids that one request may name. */
  mostIds: number;
}

interface Entry extends Planned {
  fileId: number;
  revision: string | null;
  known: Followed;
  /** Counts what was put or asked anew: an answer to an earlier question is not news. */
  turn: number;
  /** When it was last asked about; those who waited longest go first where one request cannot name all. */
  askedAt: number;
}

const FAILED_MS = 5_000;
const FAILED_MOST_MS = 60_000;

/** One for a page: follows all images on it with one request at a time, and with none while nothing can change. */
export function createFollower({ read, isHidden, now, later, mostIds }: FollowerOptions): Follower {
  const parts = new Map<object, readonly Wanted[]>();
  const entries = new Map<number, Entry>();
  const listeners = new Set<() => void>();
  let shown: ReadonlyMap<number, Followed> = new Map();
  let cancel = () => undefined as void;
  let isReading = false;
  let lookedAt = 0;
  let failures = 0;

  const publish = () => {
    shown = new Map([...entries].map(([id, { known }]) => [id, known]));
    for (const listener of listeners) listener();
  };

  const schedule = () => {
    cancel();
    if (isReading || isHidden()) return;
    const look = nextLook(entries, lookedAt, now());
    if (!look) return;
    const pause = failures === 0 ? 0 : Math.min(FAILED_MOST_MS, FAILED_MS * 2 ** (failures - 1)) - (now() - lookedAt);
    cancel = later(Math.max(look.inMs, pause), () => void lookAt(look.ids));
  };

  const lookAt = async (ids: number[]) => {
    const due = ids.flatMap((id) => entries.get(id) ?? []).sort((a, b) => a.askedAt - b.askedAt);
    const asked = new Map(due.slice(0, mostIds).map(({ fileId, turn }) => [fileId, turn]));
    isReading = true;
    lookedAt = now();
    for (const id of asked.keys()) entries.get(id)!.askedAt = lookedAt;
    try {
      const answer = await read([...asked.keys()]);
      failures = 0;
      take(entries, asked, answer, now());
    } catch (error) {
      failures += 1;
      fail(entries, asked, error);
    } finally {
      isReading = false;
      publish();
      schedule();
    }
  };

  return {
    follow(part, wanted) {
      if (wanted.length > 0) parts.set(part, wanted);
      else parts.delete(part);
      const all = merged([...parts.values()].flat());
      for (const id of entries.keys()) if (!all.has(id)) entries.delete(id);
      for (const one of all.values()) want(entries, one, now());
      publish();
      schedule();
    },
    put(view) {
      const entry = entries.get(view.fileId);
      if (!entry) return;
      entry.turn += 1;
      entry.expectedUntil = view.state === 'none' ? 0 : now() + EXPECT_MS;
      show(entry, view, 0, now());
      lookedAt = now();
      publish();
      schedule();
    },
    refresh() {
      for (const entry of entries.values()) {
        // What waits may be under way in a moment.
        if (entry.state === 'waiting') entry.expectedUntil = now() + EXPECT_MS;
        askAnew(entry);
      }
      failures = 0;
      schedule();
    },
    wake: schedule,
    subscribe(onChange) {
      listeners.add(onChange);
      return () => void listeners.delete(onChange);
    },
    snapshot: () => shown,
  };
}

function askAnew(entry: Entry): void {
  entry.state = null;
  entry.askedAt = 0;
  entry.turn += 1;
}

/** Each image once, with the revision that one of the parts knows. */
function merged(wanted: readonly Wanted[]): Map<number, Wanted> {
  const all = new Map<number, Wanted>();
  for (const one of wanted) if (one.revision !== null || !all.has(one.fileId)) all.set(one.fileId, one);
  return all;
}

function want(entries: Map<number, Entry>, { fileId, revision, isExpected }: Wanted, now: number): void {
  const entry = entries.get(fileId);
  if (entry && (revision === null || entry.revision === revision)) return;
  if (entry?.revision === null) {
    entry.revision = revision;
    return;
  }
  const expectedUntil = isExpected || entry ? now + EXPECT_MS : 0;
  if (entry) {
    Object.assign(entry, { revision, expectedUntil });
    askAnew(entry);
    return;
  }
  const known: Followed = { view: null, problem: null };
  const unread = { known, turn: 0, askedAt: 0, state: null, retryAt: null, since: now };
  entries.set(fileId, { fileId, revision, expectedUntil, ...unread });
}

/** @param skewMs by how much the server's clock is ahead of this browser's */
function show(entry: Entry, view: AssetView, skewMs: number, now: number): void {
  if (entry.known.view?.state !== view.state) entry.since = now;
  entry.state = view.state;
  entry.retryAt = view.retryAt === null ? null : Date.parse(view.retryAt) - skewMs;
  if (view.state === 'none' && view.optedOut) entry.expectedUntil = 0;
  const isNews = entry.known.problem !== null || JSON.stringify(entry.known.view) !== JSON.stringify(view);
  if (isNews) entry.known = { view, problem: null };
}

type Asked = ReadonlyMap<number, number>;

function take(entries: Map<number, Entry>, asked: Asked, { data, meta }: AssetsResponse, now: number): void {
  const skewMs = Date.parse(meta.now) - now;
  const isCurrent = (id: number) => entries.has(id) && entries.get(id)!.turn === asked.get(id);
  for (const view of data) if (isCurrent(view.fileId)) show(entries.get(view.fileId)!, view, skewMs, now);
  for (const id of meta.forbidden) if (isCurrent(id)) settle(entries.get(id)!, 'forbidden');
  for (const id of meta.missing) if (isCurrent(id)) settle(entries.get(id)!, 'missing');
}

/** Nothing of it is looked for any more, until it is asked anew. */
function settle(entry: Entry, problem: Followed['problem']): void {
  entry.state = 'skipped';
  entry.known = { view: null, problem };
}

/** What was read before stays; what was never read waits for a press, and a role that may see nothing for another one. */
function fail(entries: Map<number, Entry>, asked: Asked, error: unknown): void {
  const isForbidden = (error as { status?: unknown }).status === 403;
  for (const id of asked.keys()) {
    const entry = entries.get(id);
    if (!entry || entry.turn !== asked.get(id)) continue;
    if (isForbidden) settle(entry, 'forbidden');
    else if (entry.known.view === null) settle(entry, 'unreadable');
    else if (entry.state === null) entry.state = entry.known.view.state;
  }
}
