import { useState } from 'react';

import { Box, Flex, TextButton, Typography } from '@strapi/design-system';

import { useEntryImages } from '../hooks/useEntryImages';
import { useText } from '../hooks/useText';
import { EngineBanners } from './EngineBanners';
import { ImageCard } from './ImageCard';

/** A gallery of fifty would be fifty requests and a panel without end: the rest on demand. */
const shownAtFirst = 6;

export function PanelContent({ document }: { document: Record<string, unknown> | undefined }) {
  const text = useText();
  const images = useEntryImages(document);
  const [showsAll, setShowsAll] = useState(false);
  const shown = showsAll ? images : images.slice(0, shownAtFirst);
  const revision = typeof document?.updatedAt === 'string' ? document.updatedAt : '';

  return (
    <Flex direction="column" alignItems="stretch" gap={4} width="100%">
      <EngineBanners />
      {images.length === 0 ? (
        <Typography variant="pi" textColor="neutral600">
          {text('panel.empty')}
        </Typography>
      ) : (
        <Flex tag="ul" direction="column" alignItems="stretch" gap={6} aria-label={text('panel.list')}>
          {shown.map((image) => (
            <Box tag="li" key={image.file.id}>
              <ImageCard image={image} revision={revision} />
            </Box>
          ))}
        </Flex>
      )}
      {shown.length < images.length ? (
        <TextButton onClick={() => setShowsAll(true)}>{text('panel.show-all', { count: images.length })}</TextButton>
      ) : null}
    </Flex>
  );
}
