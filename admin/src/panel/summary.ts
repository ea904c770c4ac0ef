import type { AssetView } from '../../../server/src/api/contracts';

/** What an image's state means for whoever looks, the most urgent first. */
export const groups = ['asks', 'failed', 'waiting', 'working', 'ready', 'rest'] as const;
export type Group = (typeof groups)[number];

export function groupOf({ state, review }: Pick<AssetView, 'state' | 'review'>): Group {
  switch (state) {
    case 'held':
      return 'asks';
    case 'ready':
      return review ? 'asks' : 'ready';
    case 'queued':
    case 'running':
      return 'working';
    case 'failed':
    case 'waiting':
      return state;
    default:
      return 'rest';
  }
}

type Stated = Pick<AssetView, 'state' | 'review'> | null;

/** How many images there are of each group, the ready ones first, as one reads it; those of unknown state are left out. */
export function summaryOf(views: readonly Stated[]): [Group, number][] {
  const order: Group[] = ['ready', 'working', 'waiting', 'failed', 'asks', 'rest'];
  return order.flatMap((group): [Group, number][] => {
    const count = views.filter((view) => view && groupOf(view) === group).length;
    return count === 0 ? [] : [[group, count]];
  });
}

/** Questions and failures on top, all else in the entry's own order. */
export function inOrder<T>(images: readonly T[], viewOf: (image: T) => Stated): T[] {
  const rank = (image: T): number => {
    const view = viewOf(image);
    const urgent: readonly Group[] = ['asks', 'failed'];
    const at = view ? urgent.indexOf(groupOf(view)) : -1;
    return at < 0 ? urgent.length : at;
  };
  return [...images].sort((a, b) => rank(a) - rank(b));
}
