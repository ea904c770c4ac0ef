import { useMemo, useRef, useState } from 'react';

import { Button, Flex, Typography } from '@strapi/design-system';
import { ArrowLeft, ArrowRight } from '@strapi/icons';

import type { LibraryFile } from '../../../../server/src/api/contracts';
import { useFollowed } from '../../follow/useFollowed';
import { useKeys } from '../../hooks/useKeys';
import { useText } from '../../hooks/useText';
import { StateWords } from '../../panel/StateWords';
import { StateBadge } from '../../panel/StateBadge';
import { KeyHint } from './KeyHint';
import { LargePair } from './LargePair';
import { ReviewActions } from './ReviewActions';
import { useDone } from './useDone';

interface QueueProps {
  /** As they were when the page was opened; what is done with one takes none away, so that nothing jumps. */
  files: readonly LibraryFile[];
  /** Of all that are doubtful. */
  total: number;
  onReload: () => void;
}

/** One at a time, by mouse or keyboard. */
export function Queue({ files, total, onReload }: QueueProps) {
  const text = useText();
  const place = useRef<HTMLDivElement>(null);
  useKeys(place);
  const [at, setAt] = useState(0);
  const images = useMemo(() => files.map((file) => ({ file, isWanted: false })), [files]);
  const followed = useFollowed(images, '');
  const done = useDone();
  const { undo, last, isSending } = done;
  const file = files[at];
  const view = file ? (followed.get(file.id)?.view ?? null) : null;
  const left = files.filter(({ id }) => followed.get(id)?.view?.review ?? true).length + total - files.length;

  const goTo = (place: number) => setAt(Math.min(files.length, Math.max(0, place)));
  const takeBack = async () => {
    const fileId = await undo();
    if (fileId !== null) goTo(files.findIndex(({ id }) => id === fileId));
  };
  return (
    <Flex ref={place} direction="column" alignItems="stretch" gap={4}>
      <Flex justifyContent="space-between" gap={4} wrap="wrap">
        <Typography role="status" fontWeight="semiBold" textColor="neutral800">
          {file
            ? `${text('review.place', { at: at + 1, count: files.length })} · ${text('review.left', { count: left })}`
            : text('review.done')}
        </Typography>
        <Flex gap={2} wrap="wrap">
          {last ? (
            <Button
              size="S"
              variant="tertiary"
              aria-keyshortcuts="U"
              aria-disabled={isSending}
              onClick={() => void takeBack()}
            >
              {text(`review.undo.${last.what}`, { name: last.name })} <KeyHint>U</KeyHint>
            </Button>
          ) : null}
          {at > 0 ? (
            <Button
              size="S"
              variant="tertiary"
              startIcon={<ArrowLeft />}
              aria-keyshortcuts="ArrowLeft K"
              onClick={() => goTo(at - 1)}
            >
              {text('review.previous')} <KeyHint>K</KeyHint>
            </Button>
          ) : null}
          {file ? (
            <Button
              size="S"
              variant="tertiary"
              endIcon={<ArrowRight />}
              aria-keyshortcuts="ArrowRight J"
              onClick={() => goTo(at + 1)}
            >
              {text('review.next')} <KeyHint>J</KeyHint>
            </Button>
          ) : (
            <Button size="S" variant="secondary" onClick={onReload}>
              {text('review.reload')}
            </Button>
          )}
        </Flex>
      </Flex>
      {file ? (
        <Flex
          direction="column"
          alignItems="stretch"
          gap={3}
          padding={4}
          background="neutral0"
          hasRadius
          shadow="tableShadow"
        >
          <Flex justifyContent="space-between" gap={2}>
            <Typography tag="h2" variant="delta" ellipsis title={file.name}>
              {file.name}
            </Typography>
            {view ? <StateBadge view={view} isLive /> : null}
          </Flex>
          <LargePair file={file} view={view} />
          {view ? <StateWords view={view} isWanted={false} /> : null}
          {view ? <ReviewActions view={view} done={done} onSettled={() => goTo(at + 1)} /> : null}
        </Flex>
      ) : null}
    </Flex>
  );
}
