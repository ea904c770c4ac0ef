import { Button, Flex, LinkButton } from '@strapi/design-system';
import { Check, Magic, Pencil, Trash } from '@strapi/icons';
import { NavLink } from 'react-router-dom';

import type { AssetView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { otherEngine } from '../../panel/actions';
import { costText } from '../../panel/costText';
import { editorPath } from '../../panel/editorPath';
import { useOverview } from '../../services/api';
import { ConfirmButton } from '../forms/ConfirmButton';
import { KeyHint } from './KeyHint';
import type { Done } from './useDone';

interface ReviewActionsProps {
  view: AssetView;
  done: Done;
  /** It is accepted or removed: the next one is to be looked at. */
  onSettled: () => void;
}

/** What becomes of a doubtful cutout; each button shows its key. */
export function ReviewActions({ view, done, onSettled }: ReviewActionsProps) {
  const text = useText();
  const other = otherEngine(view, useOverview().data?.engines);
  const editPath = editorPath(view);
  const { may, review, variants } = view;
  // Both take the permission to edit the file.
  const mayAccept = review && may.remove;
  const { isSending: isBusy } = done;
  const settle = async (work: Promise<boolean>) => {
    if (await work) onSettled();
  };
  return (
    <Flex gap={2} wrap="wrap">
      {mayAccept ? (
        <Button
          size="S"
          startIcon={<Check />}
          aria-keyshortcuts="A"
          aria-disabled={isBusy}
          onClick={() => (isBusy ? undefined : void settle(done.accept(view)))}
        >
          {text('review.accept')} <KeyHint>A</KeyHint>
        </Button>
      ) : null}
      {other ? (
        <Button
          size="S"
          variant="secondary"
          startIcon={<Magic />}
          aria-keyshortcuts="E"
          aria-disabled={isBusy}
          onClick={() => (isBusy ? undefined : void done.tryOther(view, other.request))}
        >
          {`${text(other.label)} · ${costText(other.cost, text)} `}
          <KeyHint>E</KeyHint>
        </Button>
      ) : null}
      {editPath === null ? null : (
        <LinkButton
          size="S"
          variant="secondary"
          tag={NavLink}
          to={editPath}
          startIcon={<Pencil />}
          aria-keyshortcuts="B"
        >
          {text('edit')} <KeyHint>B</KeyHint>
        </LinkButton>
      )}
      {may.remove && variants.length > 0 ? (
        <ConfirmButton
          label={
            <>
              {text('remove')} <KeyHint>R</KeyHint>
            </>
          }
          icon={<Trash />}
          title={text('remove.title')}
          text={text('remove.text')}
          confirm={text('remove.confirm')}
          tone="danger-light"
          shortcut="R"
          isSending={isBusy}
          onConfirm={() => settle(done.remove(view))}
        />
      ) : null}
    </Flex>
  );
}
