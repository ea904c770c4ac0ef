import { Box } from '@strapi/design-system';
import { styled } from 'styled-components';

import { type Tone, toneOf } from './figures';

/** Two neighbouring colours of the theme; high contrast modes, which drop them, keep the outline and the fill. */
const Track = styled(Box)`
  height: 0.8rem;
  overflow: hidden;
  border-radius: 0.4rem;
  background: ${({ theme }) => theme.colors.neutral200};
  @media (forced-colors: active) {
    border: 1px solid CanvasText;
  }
`;

const Fill = styled.div<{ $share: number; $tone: Tone }>`
  width: ${({ $share }) => $share * 100}%;
  height: 100%;
  background: ${({ theme, $tone }) => theme.colors[`${$tone}600`]};
  @media (forced-colors: active) {
    background: Highlight;
  }
`;

interface BarProps {
  /** 0…1 */
  share: number;
  label: string;
  /** What a screen reader says instead of the percentage. */
  valueText: string;
}

export function Bar({ share, label, valueText }: BarProps) {
  return (
    <Track
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(share * 100)}
      aria-valuetext={valueText}
    >
      <Fill $share={share} $tone={toneOf(share)} />
    </Track>
  );
}
