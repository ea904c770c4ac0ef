import { Typography } from '@strapi/design-system';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { summaryOf } from './summary';

/** How all images stand, in one line that screen readers hear when it changes. */
export function Summary({ views }: { views: readonly (AssetView | null)[] }) {
  const text = useText();
  const said = summaryOf(views).map(([group, count]) => text(`summary.${group}`, { count }));
  return (
    <Typography role="status" variant="omega" fontWeight="semiBold" textColor="neutral800">
      {said.join(' · ')}
    </Typography>
  );
}
