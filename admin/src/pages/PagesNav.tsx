import { NavLink } from 'react-router-dom';
import { styled } from 'styled-components';

import { useText } from '../hooks/useText';
import { pluginId } from '../pluginId';
import type { Place } from './usePlaces';

const Bar = styled.nav`
  display: flex;
  flex-shrink: 0;
  gap: ${({ theme }) => theme.spaces[2]};
  overflow-x: auto;
  padding-inline: ${({ theme }) => theme.spaces[4]};
  border-bottom: 1px solid ${({ theme }) => theme.colors.neutral150};
  background: ${({ theme }) => theme.colors.neutral0};
  @media (min-width: 768px) {
    padding-inline: ${({ theme }) => theme.spaces[10]};
  }
`;

const Item = styled(NavLink)`
  flex-shrink: 0;
  padding: ${({ theme }) => `${theme.spaces[4]} ${theme.spaces[2]}`};
  border-bottom: 2px solid transparent;
  color: ${({ theme }) => theme.colors.neutral600};
  font-size: ${({ theme }) => theme.fontSizes[2]};
  font-weight: ${({ theme }) => theme.fontWeights.semiBold};
  text-decoration: none;
  &:hover {
    color: ${({ theme }) => theme.colors.neutral800};
  }
  &[aria-current='page'] {
    border-color: ${({ theme }) => theme.colors.primary600};
    color: ${({ theme }) => theme.colors.primary700};
  }
  &:focus-visible {
    outline: 2px solid ${({ theme }) => theme.colors.primary600};
    outline-offset: -2px;
  }
`;

/** Leads from page to page; the router marks where one is. */
export function PagesNav({ places }: { places: readonly Place[] }) {
  const text = useText();
  return (
    <Bar aria-label={text('pages.nav')}>
      {places.map(({ path, label }) => (
        <Item key={path} to={`/plugins/${pluginId}${path && '/'}${path}`} end={path === ''}>
          {text(label)}
        </Item>
      ))}
    </Bar>
  );
}
