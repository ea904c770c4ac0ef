import { Box, Loader, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { CheckerFrame, EmptyFrame, Frame, Picture } from '../pictures/frames';
import { fileUrl, originalUrl } from '../services/fileUrl';
import type { MediaFile } from './entryImages';
import { previewOf } from './variants';

const Pair = styled(Box)`
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: ${({ theme }) => theme.spaces[2]};
`;

const SmallFrame = styled(CheckerFrame)`
  flex: 0 0 4.8rem;
`;

const LowFrame = styled(CheckerFrame)`
  aspect-ratio: auto;
  height: 18rem;
`;

interface PicturesProps {
  file: MediaFile;
  view: AssetView | null;
}

/** The address of the cutout's small picture; of the whole cutout where it was made before there were any. */
const cutoutUrl = (view: AssetView | null): string | null => {
  const shown = view?.thumbnail ?? previewOf(view?.variants ?? []);
  return shown ? fileUrl(shown.url) : null;
};

/** The cutout, or while there is none the original. The name stands beside it, so it says nothing. */
export function SmallPicture({ file, view }: PicturesProps) {
  return (
    <SmallFrame>
      <Picture src={cutoutUrl(view) ?? originalUrl(file)} alt="" loading="lazy" />
    </SmallFrame>
  );
}

/** The cutout alone, on a checkerboard; nothing while there is none. */
export function CutoutPicture({ view }: { view: AssetView }) {
  const text = useText();
  const cutout = cutoutUrl(view);
  if (cutout === null) return null;
  return (
    <LowFrame>
      <Picture src={cutout} alt={text('panel.cutout-of', { name: view.name })} loading="lazy" />
    </LowFrame>
  );
}

/** Before and after, side by side; the place of the cutout is kept while there is none, so that nothing jumps. */
export function Pictures({ file, view }: PicturesProps) {
  const text = useText();
  const cutout = cutoutUrl(view);
  const isWorking = view?.state === 'queued' || view?.state === 'running';

  return (
    <Pair>
      <Frame>
        <Picture src={originalUrl(file)} alt={text('panel.original-of', { name: file.name })} loading="lazy" />
      </Frame>
      {cutout ? (
        <CheckerFrame>
          <Picture src={cutout} alt={text('panel.cutout-of', { name: file.name })} loading="lazy" />
        </CheckerFrame>
      ) : (
        <EmptyFrame alignItems="center" justifyContent="center" padding={2} aria-hidden>
          {isWorking ? (
            <Loader small />
          ) : (
            <Typography variant="pi" textColor="neutral600" textAlign="center">
              {view ? text('panel.no-cutout') : null}
            </Typography>
          )}
        </EmptyFrame>
      )}
    </Pair>
  );
}
