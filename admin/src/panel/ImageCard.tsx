import { memo, useCallback, useRef } from 'react';

import { Flex, TextButton, Typography } from '@strapi/design-system';

import { useAssetStatus } from '../hooks/useAssetStatus';
import { useText } from '../hooks/useText';
import type { EntryImage } from './entryImages';
import { Pictures } from './Pictures';
import { RunButton } from './RunButton';
import { StateBadge } from './StateBadge';
import { StateWords } from './StateWords';
import { VariantLinks } from './VariantLinks';
import { WishNote } from './WishNote';

interface ImageCardProps {
  image: EntryImage;
  /** Changes when the entry is saved. */
  revision: string;
}

/** One image of the entry: before and after, how its cutout stands, and what can be done about it. */
export const ImageCard = memo(function ImageCard({ image: { file, isWanted }, revision }: ImageCardProps) {
  const text = useText();
  const { data: status, isError, isForbidden, refetch } = useAssetStatus(file.id, { expected: isWanted, revision });
  const card = useRef<HTMLDivElement>(null);
  // Where the keyboard goes on from when the button it was on is gone.
  const takeFocus = useCallback(() => card.current?.focus(), []);

  return (
    <Flex ref={card} tabIndex={-1} direction="column" alignItems="stretch" gap={2} style={{ outline: 'none' }}>
      <Flex justifyContent="space-between" gap={2}>
        <Typography variant="pi" fontWeight="semiBold" textColor="neutral800" ellipsis title={file.name}>
          {file.name}
        </Typography>
        {status ? <StateBadge name={file.name} state={status.state} review={status.review} /> : null}
      </Flex>
      <Pictures file={file} status={status} />
      {status ? (
        <>
          <StateWords status={status} isWanted={isWanted} />
          <WishNote name={file.name} status={status} onForgotten={takeFocus} />
          <RunButton name={file.name} status={status} />
          <VariantLinks name={file.name} variants={status.variants} />
        </>
      ) : null}
      {isForbidden ? (
        <Typography variant="pi" textColor="neutral600">
          {text('panel.forbidden')}
        </Typography>
      ) : null}
      {isError && !isForbidden && !status ? (
        <Flex justifyContent="space-between" gap={2} role="alert">
          <Typography variant="pi" textColor="danger600">
            {text('panel.unreadable')}
          </Typography>
          <TextButton onClick={() => void refetch()}>{text('panel.reload')}</TextButton>
        </Flex>
      ) : null}
    </Flex>
  );
});
