import { Flex, Typography } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import { Panel } from '../runs/Panel';

/** What webhooks can be told, and how: Strapi's form does not list events of plugins. */
export function EventNames({ events }: { events: readonly string[] }) {
  const text = useText();
  return (
    <Panel title={text('settings.events')}>
      <Typography textColor="neutral600">{text('settings.events.text')}</Typography>
      <Flex tag="ul" gap={3} wrap="wrap">
        {events.map((name) => (
          <Typography key={name} tag="li" variant="pi" fontWeight="semiBold" textColor="neutral800">
            {name}
          </Typography>
        ))}
      </Flex>
    </Panel>
  );
}
