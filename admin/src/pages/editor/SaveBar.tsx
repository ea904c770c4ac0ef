import { Button, Flex, Typography } from '@strapi/design-system';

import type { AssetView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { StateBadge } from '../../panel/StateBadge';
import { ConfirmButton } from '../forms/ConfirmButton';
import type { Work } from './canvases';
import { Side } from './Side';
import { useChangeMatte } from './useChangeMatte';
import type { Painting } from './usePainting';

export type OwnChange = 'save' | 'take-back';

interface SaveBarProps {
  view: AssetView;
  work: Work;
  painting: Painting;
  /** What is about to be stored; null where that failed. */
  onOwn: (what: OwnChange | null) => void;
}

/** Stores what was painted, or goes back to the automatic matte. */
export function SaveBar({ view, work, painting, onOwn }: SaveBarProps) {
  const text = useText();
  const { save, takeBack, isSending } = useChangeMatte(view.fileId);
  const isMade = view.state === 'queued' || view.state === 'running';
  const { isUnsaved, state, setSaved } = painting;
  const maySave = isUnsaved && !isSending && !isMade;

  const store = async () => {
    onOwn('save');
    if (await save(work)) setSaved(state);
    else onOwn(null);
  };
  const revert = async () => {
    onOwn('take-back');
    if (!(await takeBack())) onOwn(null);
  };
  return (
    <Side title={text('editor.matte')}>
      <Flex gap={2} wrap="wrap">
        <StateBadge view={view} isLive />
        <Typography variant="pi" textColor="neutral600" role="status">
          {text(
            isMade
              ? 'editor.busy'
              : isUnsaved
                ? 'editor.unsaved'
                : view.corrected
                  ? 'editor.is-corrected'
                  : 'editor.is-automatic',
          )}
        </Typography>
      </Flex>
      <Flex gap={2} wrap="wrap">
        <Button size="S" disabled={!maySave} loading={isSending} onClick={() => void store()}>
          {text('editor.save')}
        </Button>
        {view.corrected && view.may.run && !isMade ? (
          <ConfirmButton
            label={text('editor.take-back')}
            title={text('editor.take-back.title')}
            text={text('editor.take-back.text')}
            confirm={text('editor.take-back.confirm')}
            isSending={isSending}
            onConfirm={revert}
          />
        ) : null}
      </Flex>
    </Side>
  );
}
