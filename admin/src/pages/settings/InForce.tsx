import { useState } from 'react';

import { Checkbox, Flex, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { SettingsView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { Panel } from '../runs/Panel';

type Group = SettingsView['groups'][number];

const Row = styled.li`
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: ${({ theme }) => theme.spaces[1]};
  padding-block: ${({ theme }) => theme.spaces[2]};
  & + & {
    border-top: 1px solid ${({ theme }) => theme.colors.neutral150};
  }
  @media (min-width: 768px) {
    grid-template-columns: 28rem minmax(0, 1fr) 20rem;
    gap: ${({ theme }) => theme.spaces[4]};
  }
`;

/** All values in force, with where each comes from; those of the defaults when they are asked for. */
export function InForce({ groups }: { groups: readonly Group[] }) {
  const text = useText();
  const [showsAll, setShowsAll] = useState(false);
  const shown = groups
    .map(({ id, entries }) => ({ id, entries: entries.filter(({ source }) => showsAll || source !== 'default') }))
    .filter(({ entries }) => entries.length > 0);
  return (
    <Panel title={text('settings.in-force')}>
      <Typography textColor="neutral600">{text('settings.in-force.text')}</Typography>
      <Checkbox checked={showsAll} onCheckedChange={(is) => setShowsAll(is === true)}>
        {text('settings.in-force.all')}
      </Checkbox>
      {shown.length === 0 ? <Typography>{text('settings.in-force.none')}</Typography> : null}
      {shown.map((group) => (
        <GroupList key={group.id} group={group} />
      ))}
    </Panel>
  );
}

function GroupList({ group: { id, entries } }: { group: Group }) {
  const text = useText();
  return (
    <Flex direction="column" alignItems="stretch" gap={1}>
      <Typography tag="h3" fontWeight="bold" textColor="neutral800">
        {text(`settings.group.${id}`)}
      </Typography>
      <ul>
        {entries.map(({ path, value, source }) => (
          <Row key={path}>
            <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
              {path}
            </Typography>
            <Typography variant="pi" fontWeight="semiBold" textColor="neutral800" style={{ overflowWrap: 'anywhere' }}>
              {path === 'remote.apiKey' ? text(value === 'true' ? 'settings.key.is-set' : 'settings.none') : value}
            </Typography>
            <Typography variant="pi" textColor="neutral600">
              {text(`settings.source.${source}`)}
            </Typography>
          </Row>
        ))}
      </ul>
    </Flex>
  );
}
