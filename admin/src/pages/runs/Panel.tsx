import { type ReactNode, useId } from 'react';

import { Flex, Typography } from '@strapi/design-system';

import { Sheet } from '../Sheet';

/** A part of the page under a heading of its own. */
export function Panel({ title, children }: { title: string; children: ReactNode }) {
  const id = useId();
  return (
    <Sheet labelledBy={id} gap={4} padding={6}>
      <Typography id={id} tag="h2" variant="delta">
        {title}
      </Typography>
      {children}
    </Sheet>
  );
}

/** A name and its figure on one line. */
export function Figure({ name, children }: { name: string; children: ReactNode }) {
  return (
    <Flex justifyContent="space-between" gap={4}>
      <Typography tag="dt" textColor="neutral600">
        {name}
      </Typography>
      <Typography tag="dd" fontWeight="semiBold" textColor="neutral800" textAlign="end">
        {children}
      </Typography>
    </Flex>
  );
}
