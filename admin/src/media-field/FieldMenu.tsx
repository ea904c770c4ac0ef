import { useState } from 'react';

import { Box, Dialog, Flex, Menu, Typography } from '@strapi/design-system';

import type { AssetView } from '../../../server/src/api/contracts';
import { useChangeOfAny } from '../hooks/useChange';
import { useText } from '../hooks/useText';
import type { Engines } from '../panel/actions';
import { badgeColors, badgeOf } from '../panel/badges';
import { RemoveDialog } from '../panel/RemoveButton';
import { StateBadge } from '../panel/StateBadge';
import { inOrder, summaryOf } from '../panel/summary';
import { FieldMenuItems } from './FieldMenuItems';
import { hasItems, menuItems } from './menuItems';

/** A longer list is for the side panel. */
const MOST_SHOWN = 10;

interface FieldMenuProps {
  label: string;
  views: readonly AssetView[];
  engines: Engines | undefined;
}

/** One button that says how the field's images stand; it opens what can be done with each, by name where they are several. */
export function FieldMenu({ label, views, engines }: FieldMenuProps) {
  const text = useText();
  const { change } = useChangeOfAny();
  const [removed, setRemoved] = useState<AssetView | null>(null);
  const [only, ...others] = views;
  const counts = summaryOf(views).map(([group, count]) => text(`summary.${group}`, { count }));
  const words = only && others.length === 0 ? text(badgeOf(only).label) : counts.join(' · ');
  const usable = inOrder(views, (view) => view).filter((view) => hasItems(menuItems(view, engines)));
  const more = usable.length - MOST_SHOWN;
  return (
    <>
      {usable.length === 0 ? (
        <Still views={views} words={words} />
      ) : (
        <Menu.Root>
          <Menu.Trigger
            size="S"
            variant="tertiary"
            aria-label={text('media-field.menu', { field: label, state: words })}
            startIcon={<Dot views={views} />}
          >
            {words}
          </Menu.Trigger>
          <Menu.Content maxHeight="36rem" maxWidth="32rem">
            {usable.slice(0, MOST_SHOWN).map((view) => (
              <Box key={view.fileId} role="group" aria-label={view.name} width="100%">
                {others.length === 0 ? null : <ImageLabel view={view} />}
                <FieldMenuItems
                  view={view}
                  engines={engines}
                  onChange={(order) => void change(order)}
                  onRemove={() => setRemoved(view)}
                />
              </Box>
            ))}
            {more > 0 ? (
              <Menu.Label variant="pi" fontWeight="regular" textTransform="none">
                {text('media-field.more', { count: more })}
              </Menu.Label>
            ) : null}
          </Menu.Content>
        </Menu.Root>
      )}
      <Dialog.Root open={removed !== null} onOpenChange={() => setRemoved(null)}>
        {removed ? (
          <RemoveDialog
            name={removed.name}
            onRemove={() => change({ fileId: removed.fileId, change: 'remove' })}
            onDone={() => setRemoved(null)}
          />
        ) : null}
      </Dialog.Root>
    </>
  );
}

function ImageLabel({ view }: { view: AssetView }) {
  return (
    <Flex justifyContent="space-between" gap={2} paddingTop={2} paddingBottom={1} paddingLeft={4} paddingRight={2}>
      <Typography variant="pi" fontWeight="semiBold" textColor="neutral800" ellipsis title={view.name}>
        {view.name}
      </Typography>
      <StateBadge view={view} isLive={false} />
    </Flex>
  );
}

/** In the colour of what is most urgent. */
function Dot({ views }: { views: readonly AssetView[] }) {
  const [first] = inOrder(views, (view) => view);
  if (!first) return null;
  const { dot } = badgeColors(badgeOf(first).tone);
  return <Box aria-hidden width="0.8rem" height="0.8rem" borderRadius="50%" background={dot} />;
}

/** Where nothing can be done. */
function Still({ views, words }: { views: readonly AssetView[]; words: string }) {
  const [only, ...others] = views;
  return only && others.length === 0 ? (
    <Flex>
      <StateBadge view={only} isLive={false} />
    </Flex>
  ) : (
    <Typography variant="pi" textColor="neutral600">
      {words}
    </Typography>
  );
}
