import { memo } from 'react';

import { Flex, TextButton, Typography } from '@strapi/design-system';

import { useAllowed } from '../hooks/useAllowed';
import { useAssetStatus } from '../hooks/useAssetStatus';
import { useText } from '../hooks/useText';
import type { EntryImage } from './entryImages';
import { Pictures } from './Pictures';
import { RunButton } from './RunButton';
import { StateBadge } from './StateBadge';
import { StateWords } from './StateWords';
import { VariantLinks } from './VariantLinks';

interface ImageCardProps {
  image: EntryImage;
  /** Changes when the entry is saved. */
  revision: string;
}

/** One image of the entry: before and after, how its cutout stands, and what can be done about it. */
export const ImageCard = memo(function ImageCard({ image: { file, wanted }, revision }: ImageCardProps) {
  const text = useText();
  const { canEdit } = useAllowed();
  const isWanted = wanted !== null;
  const { data: status, isError, refetch } = useAssetStatus(file.id, { expected: isWanted, revision });

  return (
    <Flex direction="column" alignItems="stretch" gap={2}>
      <Flex justifyContent="space-between" gap={2}>
        <Typography variant="pi" fontWeight="semiBold" textColor="neutral800" ellipsis title={file.name}>
          {file.name}
        </Typography>
        {status ? <StateBadge name={file.name} state={status.state} /> : null}
      </Flex>
      <Pictures file={file} status={status} />
      {status ? (
        <>
          <StateWords status={status} isWanted={isWanted} />
          {canEdit ? <RunButton name={file.name} status={status} wanted={wanted} /> : null}
          <VariantLinks name={file.name} variants={status.variants} />
        </>
      ) : null}
      {isError && !status ? (
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
