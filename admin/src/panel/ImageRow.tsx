import { memo, useId, useRef } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';
import { CaretDown } from '@strapi/icons';
import { styled } from 'styled-components';

import type { Followed } from '../follow/follower';
import { useKeptFocus } from '../hooks/useKeptFocus';
import type { Engines } from './actions';
import type { EntryImage } from './entryImages';
import { ImageDetails } from './ImageDetails';
import { SmallPicture } from './Pictures';
import { StateBadge } from './StateBadge';

const Head = styled.button<{ $isOpen: boolean }>`
  display: flex;
  align-items: center;
  gap: ${({ theme }) => theme.spaces[2]};
  width: 100%;
  padding: 0;
  border: 0;
  border-radius: ${({ theme }) => theme.borderRadius};
  background: none;
  color: inherit;
  text-align: start;
  cursor: pointer;
  > svg {
    flex-shrink: 0;
    fill: ${({ theme }) => theme.colors.neutral600};
    transform: ${({ $isOpen }) => ($isOpen ? 'rotate(180deg)' : 'none')};
  }
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
`;

/** The keyboard's place when a button in it has gone; a row among others shows that it has it. */
const Place = styled.div`
  border-radius: ${({ theme }) => theme.borderRadius};
  outline: none;
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: 2px;
  }
`;

interface ImageRowProps {
  image: EntryImage;
  followed: Followed;
  engines: Engines | undefined;
  /** Among many images a row opens at a press; one or two are always open. */
  isCompact: boolean;
  isOpen: boolean;
  onToggle: (fileId: number) => void;
}

/** One image of the entry: a line that tells how its cutout stands, and the details beneath it. */
export const ImageRow = memo(function ImageRow(props: ImageRowProps) {
  const { image, followed, engines, isCompact, isOpen, onToggle } = props;
  const place = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(place);
  const detailsId = useId();
  const { file } = image;

  const words = (
    <Flex
      direction={isCompact ? 'column' : 'row'}
      alignItems={isCompact ? 'flex-start' : 'center'}
      justifyContent="space-between"
      gap={isCompact ? 1 : 2}
      minWidth={0}
      flex="1"
    >
      <Typography variant="pi" fontWeight="semiBold" textColor="neutral800" ellipsis title={file.name} maxWidth="100%">
        {file.name}
      </Typography>
      {followed.view ? <StateBadge view={followed.view} isLive={!isCompact} /> : null}
    </Flex>
  );
  return (
    <Place ref={place} tabIndex={-1} {...kept}>
      {isCompact ? (
        <Head
          type="button"
          $isOpen={isOpen}
          aria-expanded={isOpen}
          aria-controls={detailsId}
          onClick={() => onToggle(file.id)}
        >
          <SmallPicture file={file} view={followed.view} />
          {words}
          <CaretDown aria-hidden width="1.2rem" height="1.2rem" />
        </Head>
      ) : (
        words
      )}
      <Box id={detailsId} paddingTop={isOpen ? 2 : 0}>
        {isOpen ? <ImageDetails image={image} followed={followed} engines={engines} /> : null}
      </Box>
    </Place>
  );
});
