import { styled } from 'styled-components';

/** The key that presses the button it stands in. */
export const KeyHint = styled.kbd`
  margin-inline-start: ${({ theme }) => theme.spaces[1]};
  padding-inline: ${({ theme }) => theme.spaces[1]};
  border: 1px solid currentColor;
  border-radius: ${({ theme }) => theme.borderRadius};
  font: inherit;
`;
