import { Button } from '@strapi/design-system';
import { styled } from 'styled-components';

/** In a side panel a button's words may need several lines, which the design system's fixed height would squeeze. */
export const TallButton = styled(Button)`
  height: auto;
  min-height: 3.2rem;
  padding-block: ${({ theme }) => theme.spaces[1]};
  white-space: normal;
  span {
    text-align: center;
  }
`;
