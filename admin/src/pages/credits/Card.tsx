import { type ReactNode, useId } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';

import { Sheet } from '../Sheet';

interface CardProps {
  title: string;
  /** The one number to see from afar. */
  figure?: string;
  children?: ReactNode;
}

export function Card({ title, figure, children }: CardProps) {
  const id = useId();
  return (
    <Sheet labelledBy={id} gap={3} padding={5} width="100%" height="100%">
      <Typography id={id} tag="h2" fontWeight="semiBold" textColor="neutral600">
        {title}
      </Typography>
      {figure === undefined ? null : (
        <Typography tag="p" variant="alpha" textColor="neutral800">
          {figure}
        </Typography>
      )}
      {children}
    </Sheet>
  );
}

export function Sentence({ children }: { children: string }) {
  return (
    <Typography tag="p" variant="pi" textColor="neutral600">
      {children}
    </Typography>
  );
}

/** Names and their values, one pair a line. */
export function Pairs({ pairs }: { pairs: [name: string, value: string][] }) {
  return (
    <Flex tag="dl" direction="column" alignItems="stretch" gap={2}>
      {pairs.map(([name, value]) => (
        <Flex key={name} justifyContent="space-between" gap={4}>
          <Box tag="dt">
            <Typography textColor="neutral600">{name}</Typography>
          </Box>
          <Box tag="dd" textAlign="right">
            <Typography fontWeight="semiBold" textColor="neutral800">
              {value}
            </Typography>
          </Box>
        </Flex>
      ))}
    </Flex>
  );
}
