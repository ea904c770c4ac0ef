import type { ReactNode } from 'react';

import { Grid } from '@strapi/design-system';

/** Half of the row on a desk, the whole row on a phone. */
export function Cell({ children }: { children: ReactNode }) {
  return (
    <Grid.Item col={6} s={12} xs={12} alignItems="stretch">
      {children}
    </Grid.Item>
  );
}
