import { VisuallyHidden } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { badgeOf } from './badges';
import { DotBadge } from './DotBadge';

interface StateBadgeProps {
  view: AssetView;
  /** Screen readers hear each change together with the image's name. Among many images the summary says it. */
  isLive: boolean;
}

export function StateBadge({ view, isLive }: StateBadgeProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const { label, tone } = badgeOf(view);
  const { state, progress } = view;
  const share = state === 'running' && progress !== null ? formatNumber(progress, { style: 'percent' }) : null;
  return (
    <DotBadge
      tone={tone}
      role={isLive ? 'status' : undefined}
      about={isLive ? <VisuallyHidden>{view.name}: </VisuallyHidden> : null}
    >
      {share === null ? text(label) : text('state.working.share', { share })}
    </DotBadge>
  );
}
