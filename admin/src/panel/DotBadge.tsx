import type { ReactNode } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';

import { badgeColors, type Tone } from './badges';

interface DotBadgeProps {
  tone: Tone;
  role?: 'status' | undefined;
  /** Before the words; for screen readers. */
  about?: ReactNode;
  children: string;
}

export function DotBadge({ tone, role, about, children }: DotBadgeProps) {
  const { ground, edge, words, dot } = badgeColors(tone);
  return (
    <Flex
      role={role}
      shrink={0}
      gap={1}
      paddingLeft={2}
      paddingRight={2}
      hasRadius
      background={ground}
      borderColor={edge}
    >
      <Box aria-hidden width="0.8rem" height="0.8rem" borderRadius="50%" background={dot} />
      {about}
      <Typography variant="pi" fontWeight="semiBold" textColor={words}>
        {children}
      </Typography>
    </Flex>
  );
}
