import { Box, Flex, Loader, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { AssetStatus } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { fileUrl } from '../services/fileUrl';
import type { MediaFile } from './entryImages';
import { previewOf } from './variants';

const Pair = styled(Box)`
  display: grid;
  grid-template-columns: 1fr 1fr;
  gap: ${({ theme }) => theme.spaces[2]};
`;

const Frame = styled(Flex)`
  min-width: 0;
  aspect-ratio: 1;
  overflow: hidden;
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background-color: ${({ theme }) => theme.colors.neutral100};
`;

const EmptyFrame = styled(Frame)`
  border-style: dashed;
`;

/** Squares of 8 px under the transparent parts, in two neighbouring greys of the theme. */
const CheckerFrame = styled(Frame)`
  background: repeating-conic-gradient(
      ${({ theme }) => theme.colors.neutral200} 0 25%,
      ${({ theme }) => theme.colors.neutral0} 0 50%
    )
    0 0 / 1.6rem 1.6rem;
`;

const Picture = styled.img`
  width: 100%;
  height: 100%;
  object-fit: contain;
`;

interface PicturesProps {
  file: MediaFile;
  status: AssetStatus | undefined;
}

/** Before and after, side by side; the place of the cutout is kept while there is none, so that nothing jumps. */
export function Pictures({ file, status }: PicturesProps) {
  const text = useText();
  const cutout = previewOf(status?.variants ?? []);
  const isWorking = status?.state === 'queued' || status?.state === 'running';

  return (
    <Pair>
      <Frame>
        <Picture
          src={fileUrl(file.formats?.thumbnail?.url ?? file.url)}
          alt={text('panel.original-of', { name: file.name })}
          loading="lazy"
        />
      </Frame>
      {cutout ? (
        <CheckerFrame>
          <Picture src={fileUrl(cutout.url)} alt={text('panel.cutout-of', { name: file.name })} loading="lazy" />
        </CheckerFrame>
      ) : (
        <EmptyFrame alignItems="center" justifyContent="center" padding={2} aria-hidden>
          {isWorking ? (
            <Loader small />
          ) : (
            <Typography variant="pi" textColor="neutral600" textAlign="center">
              {status ? text('panel.no-cutout') : null}
            </Typography>
          )}
        </EmptyFrame>
      )}
    </Pair>
  );
}
