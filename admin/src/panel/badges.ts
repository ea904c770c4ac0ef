import type { AssetView } from '../../../server/src/api/contracts';
import type { TextKey } from '../translations/words';

export type Tone = 'neutral' | 'primary' | 'secondary' | 'success' | 'warning' | 'danger';

const badges: Record<AssetView['state'], { label: TextKey; tone: Tone }> = {
  none: { label: 'state.none', tone: 'neutral' },
  queued: { label: 'state.waiting', tone: 'secondary' },
  waiting: { label: 'state.waiting', tone: 'warning' },
  held: { label: 'state.held', tone: 'warning' },
  running: { label: 'state.working', tone: 'primary' },
  ready: { label: 'state.ready', tone: 'success' },
  skipped: { label: 'state.skipped', tone: 'neutral' },
  failed: { label: 'state.failed', tone: 'danger' },
  cancelled: { label: 'state.cancelled', tone: 'neutral' },
};

/** The words of a state and the tone they are said in. A cutout that is unsure is not simply ready. */
export function badgeOf({ state, review }: Pick<AssetView, 'state' | 'review'>): { label: TextKey; tone: Tone } {
  return review && state === 'ready' ? { label: 'state.review', tone: 'warning' } : badges[state];
}

/**
 * Names of the theme's colours. The design system's badges write in the tone itself, which is too pale on some grounds
 * (warning: 2.6 to 1); here only the dot has the tone, and it tells nothing that the words do not.
 */
export const badgeColors = (tone: Tone) =>
  ({ ground: `${tone}100`, edge: `${tone}200`, words: 'neutral800', dot: `${tone}600` }) as const;
