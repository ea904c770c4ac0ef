import { styled } from 'styled-components';

/** A picture with what is set beside it; below it on a phone. */
export const Columns = styled.div`
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: ${({ theme }) => theme.spaces[4]};
  @media (min-width: 1080px) {
    grid-template-columns: minmax(0, 1fr) 32rem;
    align-items: start;
    /* The picture stays in sight of the last option. */
    & > :first-child {
      position: sticky;
      top: 7.2rem;
    }
  }
`;
