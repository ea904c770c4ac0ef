import { useState } from 'react';

import { Flex, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { LibraryFile } from '../../../../../server/src/api/contracts';
import { useMayRead } from '../../../hooks/useAllowed';
import { useText } from '../../../hooks/useText';
import { originalUrl } from '../../../services/fileUrl';
import { useLibrary } from '../../../services/library';
import { ResultView } from '../../editor/options/ResultView';
import { Backdrops } from '../../editor/Toolbar';
import { useBackdrop } from '../../editor/useBackdrop';
import { Sheet } from '../../Sheet';

const Pick = styled.button`
  width: 6.4rem;
  height: 6.4rem;
  padding: 2px;
  border: 2px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
  background: ${({ theme }) => theme.colors.neutral100};
  cursor: pointer;
  &[aria-pressed='true'] {
    border-color: ${({ theme }) => theme.colors.primary600};
  }
  img {
    width: 100%;
    height: 100%;
    object-fit: cover;
  }
`;

interface SampleProps {
  /** As the server is asked for a picture of the options. */
  query: string;
  /** The picture to begin with; the newest cutout where nobody named one. */
  fileId: number | null;
}

/** What the options make of a picture whose cutout is there. */
export function Sample(props: SampleProps) {
  const text = useText();
  return useMayRead() ? <Samples {...props} /> : <Note>{text('preset.sample.hidden')}</Note>;
}

const NEWEST = { state: 'ready', pageSize: '8' } as const;

function Samples({ query, fileId }: SampleProps) {
  const text = useText();
  const backdrop = useBackdrop();
  const { data, isError } = useLibrary(NEWEST);
  const [chosen, setChosen] = useState(fileId);
  const files = data?.data ?? [];
  const file = files.find(({ id }) => id === chosen) ?? (chosen === null ? files[0] : undefined);
  const shown = file?.id ?? chosen;
  if (shown === null) return data || isError ? <Note>{text('preset.sample.none')}</Note> : null;
  return (
    <Sheet labelledBy={HEADING} gap={3} padding={4}>
      <Flex justifyContent="space-between" gap={4} wrap="wrap">
        <Typography id={HEADING} tag="h2" variant="omega" fontWeight="bold" textColor="neutral800">
          {text('preset.sample')}
        </Typography>
        <Backdrops control={backdrop} />
      </Flex>
      <ResultView
        fileId={shown}
        version={file?.updatedAt ?? ''}
        query={query}
        backdrop={backdrop.backdrop}
        name={file?.name ?? String(shown)}
      />
      {files.length > 1 ? (
        <Flex role="group" aria-label={text('preset.sample.other')} gap={2} wrap="wrap">
          {files.map((each) => (
            <SamplePick key={each.id} file={each} isChosen={each.id === shown} onChoose={setChosen} />
          ))}
        </Flex>
      ) : null}
    </Sheet>
  );
}

const HEADING = 'cutout-preset-sample';

interface SamplePickProps {
  file: LibraryFile;
  isChosen: boolean;
  onChoose: (id: number) => void;
}

function SamplePick({ file, isChosen, onChoose }: SamplePickProps) {
  const { id, name } = file;
  return (
    <Pick type="button" aria-pressed={isChosen} aria-label={name} title={name} onClick={() => onChoose(id)}>
      <img src={originalUrl(file)} alt="" loading="lazy" />
    </Pick>
  );
}

function Note({ children }: { children: string }) {
  return (
    <Flex padding={6} background="neutral0" hasRadius shadow="tableShadow">
      <Typography textColor="neutral600">{children}</Typography>
    </Flex>
  );
}
