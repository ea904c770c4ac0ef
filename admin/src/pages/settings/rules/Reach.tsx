import { Typography } from '@strapi/design-system';

import { useText } from '../../../hooks/useText';
import { useReach } from '../../../services/settings';

/** How many pictures a rule is about that are there already: the bill holds no surprise. */
export function Reach({ folder }: { folder: string | undefined }) {
  const text = useText();
  const images = useReach(folder);
  return (
    <Typography role="status" variant="pi" textColor="neutral600">
      {images === null ? '' : text('settings.rules.reach', { count: images })}
    </Typography>
  );
}
