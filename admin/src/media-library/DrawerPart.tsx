import { useMemo, useRef } from 'react';

import { Box, Flex, Typography } from '@strapi/design-system';
import { createPortal } from 'react-dom';

import { useFollowed } from '../follow/useFollowed';
import { useKeptFocus } from '../hooks/useKeptFocus';
import { useText } from '../hooks/useText';
import { type MediaFile, mayBePicture } from '../panel/entryImages';
import { Problem, Standing } from '../panel/ImageDetails';
import { CutoutPicture } from '../panel/Pictures';
import { StateBadge } from '../panel/StateBadge';
import { useOverview } from '../services/api';
import { useFile } from '../services/mediaLibrary';
import { usePlace } from './usePlace';

/** What scrolls in the drawer of a file, beside which its form keeps its own buttons. */
const DRAWER = '[role="dialog"][data-state="open"] form [data-radix-scroll-area-viewport] > div';

/** Beneath the preview. */
const put = (drawer: Element, place: Element) => drawer.insertBefore(place, drawer.lastElementChild);

/** How the cutout of the opened file stands, and what can be done about it. */
export function DrawerPart({ fileId }: { fileId: number }) {
  const place = usePlace(DRAWER, put);
  const { data: file } = useFile(fileId);
  return place && file && mayBePicture(file) ? createPortal(<FileCutout file={file} />, place) : null;
}

function FileCutout({ file }: { file: MediaFile }) {
  const text = useText();
  const { data: overview } = useOverview();
  const images = useMemo(() => [{ file, isWanted: false }], [file]);
  const followed = useFollowed(images, '').get(file.id);
  const place = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(place);
  if (!followed) return null;
  const { view, problem } = followed;
  return (
    <Box
      ref={place}
      tag="section"
      aria-label={text('library.cutout')}
      tabIndex={-1}
      paddingTop={4}
      paddingLeft={5}
      paddingRight={5}
      style={{ outline: 'none' }}
      {...kept}
    >
      <Flex direction="column" alignItems="stretch" gap={2}>
        <Flex justifyContent="space-between" gap={2}>
          <Typography variant="beta" fontWeight="semiBold" tag="h3">
            {text('library.cutout')}
          </Typography>
          {view ? <StateBadge view={view} isLive /> : null}
        </Flex>
        {problem ? <Problem problem={problem} /> : null}
        {view ? (
          <>
            <CutoutPicture view={view} />
            <Standing view={view} isWanted={null} engines={overview?.engines} />
          </>
        ) : null}
      </Flex>
    </Box>
  );
}
