import { Flex } from '@strapi/design-system';
import { styled } from 'styled-components';

export const Frame = styled(Flex)`
  min-width: 0;
  aspect-ratio: 1;
  overflow: hidden;
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background-color: ${({ theme }) => theme.colors.neutral100};
`;

export const EmptyFrame = styled(Frame)`
  border-style: dashed;
`;

/** Squares of 8 px under the transparent parts, in two neighbouring greys of the theme. */
export const CheckerFrame = styled(Frame)`
  background: repeating-conic-gradient(
      ${({ theme }) => theme.colors.neutral200} 0 25%,
      ${({ theme }) => theme.colors.neutral0} 0 50%
    )
    0 0 / 1.6rem 1.6rem;
`;

export const Picture = styled.img`
  width: 100%;
  height: 100%;
  object-fit: contain;
`;
