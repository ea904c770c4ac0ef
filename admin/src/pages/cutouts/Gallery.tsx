import { useMemo, useState } from 'react';

import { Checkbox, Flex } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { AssetView, LibraryFile } from '../../../../server/src/api/contracts';
import { useFollowed } from '../../follow/useFollowed';
import { useText } from '../../hooks/useText';
import type { EntryImage } from '../../panel/entryImages';
import { useOverview } from '../../services/api';
import { CutoutDialog } from './CutoutDialog';
import { ImageCard } from './ImageCard';
import { SelectionBar } from './SelectionBar';

const Grid = styled.ul`
  display: grid;
  grid-template-columns: repeat(auto-fill, minmax(16rem, 1fr));
  gap: ${({ theme }) => theme.spaces[4]};
`;

const unknown = { view: null, problem: null } as const;

/** A page of pictures, kept up to date while it is seen; those that are chosen can be changed together. */
export function Gallery({ files }: { files: readonly LibraryFile[] }) {
  const text = useText();
  const images = useMemo<EntryImage[]>(() => files.map((file) => ({ file, isWanted: false })), [files]);
  const followed = useFollowed(images, '');
  const engines = useOverview().data?.engines;
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const [opened, setOpened] = useState<number | null>(null);
  const shown = images.find(({ file }) => file.id === opened);
  const views = files.flatMap(
    ({ id }): AssetView[] => (chosen.has(id) ? (followed.get(id)?.view ?? []) : []) as AssetView[],
  );
  const isAll = chosen.size === files.length;

  const toggle = (id: number) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  if (files.length === 0) return null;
  return (
    <>
      <Flex gap={4} wrap="wrap" minHeight="3.2rem">
        <Checkbox
          checked={isAll ? true : chosen.size > 0 ? 'indeterminate' : false}
          onCheckedChange={() => setChosen(isAll ? new Set() : new Set(files.map(({ id }) => id)))}
        >
          {chosen.size > 0 ? text('selection.count', { count: chosen.size }) : text('selection.all')}
        </Checkbox>
        {chosen.size > 0 ? <SelectionBar views={views} engines={engines} onDone={() => setChosen(new Set())} /> : null}
      </Flex>
      <Grid aria-label={text('cutouts.list')}>
        {images.map(({ file }) => (
          <ImageCard
            key={file.id}
            file={file}
            view={followed.get(file.id)?.view ?? null}
            isChosen={chosen.has(file.id)}
            onChoose={() => toggle(file.id)}
            onOpen={() => setOpened(file.id)}
          />
        ))}
      </Grid>
      {shown ? (
        <CutoutDialog
          image={shown}
          followed={followed.get(shown.file.id) ?? unknown}
          engines={engines}
          onClose={() => setOpened(null)}
        />
      ) : null}
    </>
  );
}
