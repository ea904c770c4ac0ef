import type { ReactNode } from 'react';

import { Flex, Typography } from '@strapi/design-system';

interface SheetProps {
  /** The id of its heading. */
  labelledBy: string;
  /** Between its parts, and around them, in steps of the theme. */
  gap: number;
  padding: number;
  width?: string;
  height?: string;
  children: ReactNode;
}

/** A part of a page on a ground of its own, under the heading that names it. */
export function Sheet({ labelledBy, children, ...look }: SheetProps) {
  return (
    <Flex
      tag="section"
      aria-labelledby={labelledBy}
      direction="column"
      alignItems="stretch"
      background="neutral0"
      hasRadius
      shadow="tableShadow"
      {...look}
    >
      {children}
    </Flex>
  );
}

/** The name of a fact and what it is, for within a `dl`. */
export function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <Typography tag="dt" variant="pi" textColor="neutral600">
        {name}
      </Typography>
      <Typography
        tag="dd"
        variant="pi"
        fontWeight="semiBold"
        textColor="neutral800"
        style={{ overflowWrap: 'anywhere' }}
      >
        {children}
      </Typography>
    </>
  );
}
