import { useEffect, useRef, useSyncExternalStore } from 'react';

import { readAssets } from '../services/api';
import type { EntryImage } from '../panel/entryImages';
import { createFollower, type Followed } from './follower';

/** As many as the server takes in one request. */
const MOST_IDS = 200;

/** The page's own: whatever parts of it show cutouts, one request asks for all. */
export const follower = createFollower({
  read: readAssets,
  isHidden: () => document.visibilityState === 'hidden',
  now: () => Date.now(),
  later(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  mostIds: MOST_IDS,
});
document.addEventListener('visibilitychange', follower.wake);

/**
 * The cutouts of these images, kept up to date while they are on the page. `saved` changes when the entry is saved; null
 * beside another part of the page that knows.
 */
export function useFollowed(images: readonly EntryImage[], saved: string | null): ReadonlyMap<number, Followed> {
  const part = useRef({});
  useEffect(() => {
    const wanted = images.map(({ file, isWanted }) => {
      const { id, url, hash, updatedAt } = file;
      return {
        fileId: id,
        isExpected: isWanted,
        revision: saved === null ? null : [saved, updatedAt, hash, url].join('|'),
      };
    });
    follower.follow(part.current, wanted);
  }, [images, saved]);
  useEffect(() => {
    const mine = part.current;
    return () => follower.follow(mine, []);
  }, []);
  return useSyncExternalStore(follower.subscribe, follower.snapshot);
}
