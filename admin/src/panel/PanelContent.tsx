import { useCallback, useEffect, useRef, useState } from 'react';

import { Flex, TextButton, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { AssetView } from '../../../server/src/api/contracts';
import { useFollowed } from '../follow/useFollowed';
import { useEntryImages } from '../hooks/useEntryImages';
import { useHeldOrder } from '../hooks/useHeldOrder';
import { useText } from '../hooks/useText';
import { useOverview } from '../services/api';
import { Words } from '../translations/Words';
import { EngineBanners } from './EngineBanners';
import type { EntryImage } from './entryImages';
import { ImageRow } from './ImageRow';
import { inOrder } from './summary';
import { Summary } from './Summary';

/** Beyond so many, images are compact rows that open at a press. */
const FEW = 2;
const SHOWN_AT_FIRST = 20;
const SHOWN_MORE = 50;

/** Among many, a line tells where one image ends and the next begins. */
const Item = styled.li<{ $isCompact: boolean }>`
  & + & {
    border-top: ${({ theme, $isCompact }) => ($isCompact ? `1px solid ${theme.colors.neutral150}` : 'none')};
    padding-top: ${({ theme, $isCompact }) => ($isCompact ? theme.spaces[3] : 0)};
  }
`;

const unknown = { view: null, problem: null } as const;

/** The panel's own chunk begins here. `document` is the stored entry. */
export default function PanelContent({ document }: { document: Record<string, unknown> | undefined }) {
  return (
    <Words>
      <Panel document={document} />
    </Words>
  );
}

function Panel({ document }: { document: Record<string, unknown> | undefined }) {
  const text = useText();
  const images = useEntryImages(document);
  const saved = typeof document?.updatedAt === 'string' ? document.updatedAt : '';
  const followed = useFollowed(images, saved);
  const viewOf = ({ file }: EntryImage): AssetView | null => followed.get(file.id)?.view ?? null;
  const views = images.map(viewOf);
  const { data: overview, refetch } = useOverview();
  useWhenDone(views, refetch);
  const { order, holding } = useHeldOrder(inOrder(images, viewOf), ({ file }) => file.id);
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set());
  const toggle = useCallback((fileId: number) => setOpen((before) => toggled(before, fileId)), []);
  const [limit, setLimit] = useState(SHOWN_AT_FIRST);
  const isCompact = images.length > FEW;
  const more = Math.min(SHOWN_MORE, order.length - limit);
  const list = useRef<HTMLUListElement>(null);
  // The button that was pressed moves down or goes; what it brought begins where it was.
  const showMore = () => {
    setLimit(limit + SHOWN_MORE);
    requestAnimationFrame(() => list.current?.children[limit]?.querySelector('button')?.focus());
  };

  return (
    <Flex direction="column" alignItems="stretch" gap={4} width="100%">
      <EngineBanners />
      {images.length === 0 ? (
        <Typography variant="pi" textColor="neutral600">
          {text('panel.empty')}
        </Typography>
      ) : null}
      {isCompact ? <Summary views={views} /> : null}
      {images.length > 0 ? (
        <Flex
          ref={list}
          tag="ul"
          direction="column"
          alignItems="stretch"
          gap={isCompact ? 3 : 6}
          aria-label={text('panel.list')}
          {...holding}
        >
          {order.slice(0, limit).map((image) => (
            <Item key={image.file.id} $isCompact={isCompact}>
              <ImageRow
                image={image}
                followed={followed.get(image.file.id) ?? unknown}
                engines={overview?.engines}
                isCompact={isCompact}
                isOpen={!isCompact || open.has(image.file.id)}
                onToggle={toggle}
              />
            </Item>
          ))}
        </Flex>
      ) : null}
      {more > 0 ? <TextButton onClick={showMore}>{text('panel.show-more', { count: more })}</TextButton> : null}
    </Flex>
  );
}

function toggled(before: ReadonlySet<number>, fileId: number): ReadonlySet<number> {
  const after = new Set(before);
  if (!after.delete(fileId)) after.add(fileId);
  return after;
}

/** What is left to spend has changed once the last of a round is made. */
function useWhenDone(views: readonly (AssetView | null)[], act: () => unknown): void {
  const isBusy = views.some((view) => view?.state === 'queued' || view?.state === 'running');
  const wasBusy = useRef(isBusy);
  useEffect(() => {
    if (wasBusy.current && !isBusy) act();
    wasBusy.current = isBusy;
  }, [isBusy, act]);
}
