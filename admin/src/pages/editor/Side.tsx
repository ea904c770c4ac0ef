import { type ReactNode, useId } from 'react';

import { Typography } from '@strapi/design-system';

import { Sheet } from '../Sheet';

/** A part beside the stage, under a heading of its own. */
export function Side({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Sheet labelledBy={id} gap={3} padding={4}>
      <Typography id={id} tag="h2" variant="omega" fontWeight="bold" textColor="neutral800">
        {title}
      </Typography>
      {children}
    </Sheet>
  );
}
