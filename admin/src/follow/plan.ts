import type { AssetState } from '../../../server/src/api/contracts';

/** What the plan goes by; times in milliseconds of this browser's clock. */
export interface Followed {
  /** Null while it was not read. */
  state: AssetState | null;
  retryAt: number | null;
  /** When its state was seen to begin. */
  since: number;
  /** Until then a change is on its way that shows in no state yet: a save, a replace or a person's press. */
  expectedUntil: number;
}

/** How long a change that must come is looked for: the job may be written a moment after the save is answered. */
export const EXPECT_MS = 10_000;
/** What waits is looked at twice a minute at most, and every five minutes at least, as somebody may wake it. */
const WAIT_LEAST_MS = 30_000;
const WAIT_MOST_MS = 5 * 60_000;
/** So few are looked at so often that a finished one shows at once. */
const FEW = 3;
const QUICK_MS = 250;
const QUICK_FOR_MS = 5_000;

const isUnderWay = ({ state }: Followed): boolean => state === 'queued' || state === 'running';

/** How long after the last look an asset is to be looked at again; null when nothing can change by itself. */
function delayOf(asset: Followed, isQuick: boolean, lookedAt: number, now: number): number | null {
  const { state, retryAt, since, expectedUntil } = asset;
  if (state === null) return 0;
  const elapsed = now - since;
  const isExpected = (state === 'none' || state === 'waiting') && now < expectedUntil;
  if (isUnderWay(asset)) {
    if (isQuick && elapsed < QUICK_FOR_MS) return QUICK_MS;
    if (elapsed < 60_000) return 1_000;
    return elapsed < 300_000 ? 5_000 : 15_000;
  }
  if (isExpected) return 1_000;
  if (state !== 'waiting') return null;
  return Math.min(WAIT_MOST_MS, Math.max(WAIT_LEAST_MS, retryAt === null ? 0 : retryAt - lookedAt));
}

export interface Look {
  /** Milliseconds from now. */
  inMs: number;
  ids: number[];
}

/**
 * When the next request is due, and about which assets: all that can change, as one request costs no more than the
 * first of them alone. Null when nothing can.
 * @param lookedAt when the last request left
 */
export function nextLook(assets: ReadonlyMap<number, Followed>, lookedAt: number, now: number): Look | null {
  const isQuick = [...assets.values()].filter(isUnderWay).length <= FEW;
  const delays = [...assets].flatMap(([id, asset]): [number, number][] => {
    const delay = delayOf(asset, isQuick, lookedAt, now);
    return delay === null ? [] : [[id, delay]];
  });
  if (delays.length === 0) return null;
  const due = lookedAt + Math.min(...delays.map(([, delay]) => delay));
  const isUnread = delays.some(([, delay]) => delay === 0);
  return { inMs: isUnread ? 0 : Math.max(0, due - now), ids: delays.map(([id]) => id) };
}
