import { Loader, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import { useText } from '../../../hooks/useText';
import type { Backdrop } from '../drawStage';
import { useResult } from './useResult';

const Ground = styled.div`
  position: relative;
  display: flex;
  align-items: center;
  justify-content: center;
  height: clamp(32rem, 68vh, min(72rem, 90vw));
  padding: ${({ theme }) => theme.spaces[4]};
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ theme }) => theme.colors.neutral150};
`;

const Shown = styled.img<{ $ground: string }>`
  max-width: 100%;
  max-height: 100%;
  background: ${({ $ground }) => $ground};
`;

const Busy = styled.div`
  position: absolute;
  top: ${({ theme }) => theme.spaces[3]};
  right: ${({ theme }) => theme.spaces[3]};
`;

const CHECKER = 'repeating-conic-gradient(#d4d4d8 0 25%, #ffffff 0 50%) 0 0 / 1.6rem 1.6rem';

interface ResultViewProps {
  fileId: number;
  version: string;
  query: string;
  backdrop: Backdrop;
  name: string;
}

/** What the server makes of the stored cutout with the options at hand. */
export function ResultView({ fileId, version, query, backdrop, name }: ResultViewProps) {
  const text = useText();
  const { url, refusal, isComing } = useResult(fileId, version, query);
  return (
    <>
      <Ground aria-busy={isComing}>
        {url ? (
          <Shown
            src={url}
            alt={text('editor.result', { name })}
            $ground={backdrop === 'checker' ? CHECKER : backdrop.color}
          />
        ) : null}
        {isComing ? (
          <Busy>
            <Loader small>{text('editor.loading')}</Loader>
          </Busy>
        ) : null}
      </Ground>
      {refusal === null ? null : (
        <Typography role="alert" textColor="danger600">
          {refusal || text('editor.result.unreadable')}
        </Typography>
      )}
    </>
  );
}
