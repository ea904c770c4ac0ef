import { Button, Flex, Typography } from '@strapi/design-system';
import { Magic, Trash } from '@strapi/icons';
import { useNotification } from '@strapi/strapi/admin';

import type { AssetView } from '../../../../server/src/api/contracts';
import { follower } from '../../follow/useFollowed';
import { useAnswer } from '../../hooks/useAnswer';
import { useText } from '../../hooks/useText';
import type { Engines } from '../../panel/actions';
import { type ChangeOfMany, useSendChangeOfMany } from '../../services/library';
import { ConfirmButton } from '../forms/ConfirmButton';
import { minutesFor, planSelection } from './selection';

interface SelectionBarProps {
  views: readonly AssetView[];
  engines: Engines | undefined;
  onDone: () => void;
}

/** What can be done with all that are chosen, and what that costs. Each button says how many of them it is for. */
export function SelectionBar({ views, engines, onDone }: SelectionBarProps) {
  const text = useText();
  const { act, isSending } = useActs(onDone);
  const { make, makeCount, remote, local, remove } = planSelection(views, engines);
  const left = engines?.remote.spendable ?? null;
  const minutes = minutesFor(local.ids.length, engines);
  const cost = left === null ? 'selection.cost' : 'selection.cost.left';
  const nothing = makeCount + remote.ids.length + local.ids.length + remove.length === 0;
  return (
    <Flex gap={2} wrap="wrap" role="group" aria-label={text('selection.actions')}>
      {makeCount > 0 ? (
        <Button
          size="S"
          variant="secondary"
          startIcon={<Magic />}
          aria-disabled={isSending}
          onClick={() => void act(make.map((group) => ({ change: 'run', ...group })))}
        >
          {text('selection.make', { count: makeCount })}
        </Button>
      ) : null}
      {remote.ids.length > 0 ? (
        <ConfirmButton
          label={text('selection.remote', { count: remote.ids.length, credits: remote.credits })}
          icon={<Magic />}
          title={text('selection.remote.title', { count: remote.ids.length })}
          text={text(cost, { credits: remote.credits, left: left ?? 0 })}
          confirm={text('selection.remote.confirm')}
          isSending={isSending}
          onConfirm={() => act([{ change: 'run', ids: remote.ids, request: { engine: 'remote' } }])}
        />
      ) : null}
      {local.ids.length > 0 ? (
        <Button
          size="S"
          variant="tertiary"
          startIcon={<Magic />}
          aria-disabled={isSending}
          onClick={() => void act([{ change: 'run', ids: local.ids, request: { engine: 'local' } }])}
        >
          {minutes === null
            ? text('selection.local', { count: local.ids.length })
            : text('selection.local.about', { count: local.ids.length, minutes })}
        </Button>
      ) : null}
      {remove.length > 0 ? (
        <ConfirmButton
          label={text('selection.remove', { count: remove.length })}
          icon={<Trash />}
          title={text('selection.remove.title', { count: remove.length })}
          text={text('selection.remove.text')}
          confirm={text('remove.confirm')}
          tone="danger-light"
          isSending={isSending}
          onConfirm={() => act([{ change: 'remove', ids: remove }])}
        />
      ) : null}
      {nothing ? (
        <Typography variant="pi" textColor="neutral600">
          {text('selection.nothing')}
        </Typography>
      ) : null}
    </Flex>
  );
}

function useActs(onDone: () => void): { act: (changes: ChangeOfMany[]) => Promise<void>; isSending: boolean } {
  const text = useText();
  const take = useAnswer();
  const { toggleNotification } = useNotification();
  const { send, isSending } = useSendChangeOfMany();
  const act = async (changes: ChangeOfMany[]): Promise<void> => {
    if (isSending) return;
    let refused = 0;
    for (const change of changes) {
      const answer = take(await send(change));
      if (!answer) break;
      refused += answer.meta.forbidden.length + answer.meta.missing.length;
    }
    follower.refresh();
    if (refused > 0) toggleNotification({ type: 'warning', message: text('selection.refused', { count: refused }) });
    onDone();
  };
  return { act, isSending };
}
