import { Checkbox, Flex, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';
import { styled } from 'styled-components';

import type { AssetView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import type { MediaFile } from '../../panel/entryImages';
import { StateBadge } from '../../panel/StateBadge';
import { CheckerFrame, Frame, Picture } from '../../pictures/frames';
import { originalUrl } from '../../services/fileUrl';
import { smallCutoutUrl } from './smallCutout';

const Card = styled.li<{ $isChosen: boolean }>`
  position: relative;
  overflow: hidden;
  border-radius: ${({ theme }) => theme.borderRadius};
  outline: ${({ theme, $isChosen }) =>
    $isChosen ? `2px solid ${theme.colors.primary600}` : `1px solid ${theme.colors.neutral150}`};
  background: ${({ theme }) => theme.colors.neutral0};
`;

const Opener = styled.button`
  display: block;
  width: 100%;
  padding: 0;
  border: 0;
  background: none;
  color: inherit;
  text-align: start;
  cursor: pointer;
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: -2px;
  }
`;

const Corner = styled.div`
  position: absolute;
  top: ${({ theme }) => theme.spaces[2]};
  left: ${({ theme }) => theme.spaces[2]};
`;

interface ImageCardProps {
  file: MediaFile;
  view: AssetView | null;
  isChosen: boolean;
  onChoose: () => void;
  onOpen: () => void;
}

export function ImageCard({ file, view, isChosen, onChoose, onOpen }: ImageCardProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const share = view?.state === 'ready' && view.confidence !== null ? view.confidence : null;
  const cutout = smallCutoutUrl(view);
  const Ground = cutout ? CheckerFrame : Frame;
  return (
    <Card $isChosen={isChosen}>
      <Opener type="button" onClick={onOpen}>
        <Ground>
          <Picture src={cutout ?? originalUrl(file)} alt="" loading="lazy" />
        </Ground>
        <Flex direction="column" alignItems="flex-start" gap={1} padding={2} minHeight="6.4rem">
          <Typography
            variant="pi"
            fontWeight="semiBold"
            textColor="neutral800"
            ellipsis
            title={file.name}
            maxWidth="100%"
          >
            {file.name}
          </Typography>
          <Flex gap={2} wrap="wrap">
            {view ? <StateBadge view={view} isLive={false} /> : null}
            {share === null ? null : (
              <Typography variant="pi" textColor="neutral600">
                {formatNumber(share, { style: 'percent' })}
              </Typography>
            )}
          </Flex>
        </Flex>
      </Opener>
      <Corner>
        <Checkbox
          aria-label={text('selection.choose', { name: file.name })}
          checked={isChosen}
          onCheckedChange={onChoose}
        />
      </Corner>
    </Card>
  );
}
