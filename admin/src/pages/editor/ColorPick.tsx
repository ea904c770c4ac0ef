import { styled } from 'styled-components';

/** The browser's own choice of a colour, as large as a button. */
export const ColorPick = styled.input.attrs({ type: 'color' })`
  width: 4.4rem;
  height: 3.2rem;
  padding: 0.2rem;
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ theme }) => theme.colors.neutral0};
  cursor: pointer;
`;
