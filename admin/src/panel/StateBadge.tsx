import { Badge, Box, VisuallyHidden } from '@strapi/design-system';

import type { AssetState } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import type { TextKey } from '../translations';

type Tone = 'neutral' | 'primary' | 'secondary' | 'success' | 'warning' | 'danger';

const badges: Record<AssetState, { label: TextKey; tone: Tone }> = {
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

/** Made, but so unsure that a person should look at it. */
const toReview: { label: TextKey; tone: Tone } = { label: 'state.review', tone: 'warning' };

/** A live region: screen readers hear each change together with the image's name, without losing their place. */
export function StateBadge({ name, state, review }: { name: string; state: AssetState; review: boolean }) {
  const text = useText();
  const { label, tone } = review && state === 'ready' ? toReview : badges[state];
  return (
    <Box role="status" shrink={0}>
      <VisuallyHidden>{name}: </VisuallyHidden>
      <Badge variant={tone} size="S">
        {text(label)}
      </Badge>
    </Box>
  );
}
