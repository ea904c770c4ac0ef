import { useState } from 'react';

import type { AssetView, RunRequest } from '../../../../server/src/api/contracts';
import { follower } from '../../follow/useFollowed';
import { useAnswer } from '../../hooks/useAnswer';
import { useChangeOfAny } from '../../hooks/useChange';
import { useOverview } from '../../services/api';
import { useSendAcceptance } from '../../services/library';
import { undoOtherEngine, undoRemoval } from './undoing';

interface Last extends Pick<AssetView, 'fileId' | 'name'> {
  what: 'accepted' | 'removed' | 'engine';
  undo: () => Promise<boolean>;
}

export interface Done {
  /** Each resolves to whether it was done; a refusal is told. */
  accept: (view: AssetView) => Promise<boolean>;
  remove: (view: AssetView) => Promise<boolean>;
  tryOther: (view: AssetView, request: RunRequest) => Promise<boolean>;
  /** Takes the last one back. Resolves to its file; null where it could not be. */
  undo: () => Promise<number | null>;
  /** What was done last and can be taken back for nothing. */
  last: Last | null;
  isSending: boolean;
}

/** What is done with doubtful cutouts, the last of which can be taken back. */
export function useDone(): Done {
  const take = useAnswer();
  const { send, isSending: isAccepting } = useSendAcceptance();
  const { change, isSending: isChanging } = useChangeOfAny();
  const presets = useOverview().data?.presets ?? [];
  const [last, setLast] = useState<Last | null>(null);
  const isSending = isAccepting || isChanging;

  const write = async (fileId: number, isAccepted: boolean): Promise<boolean> => {
    const view = take(await send({ fileId, isAccepted }));
    if (view) follower.put(view);
    return view !== null;
  };
  const did = async (
    { fileId, name }: AssetView,
    what: Last['what'],
    work: Promise<boolean>,
    undo: (() => Promise<boolean>) | null,
  ): Promise<boolean> => {
    if (!(await work)) return false;
    setLast(undo && { fileId, name, what, undo });
    return true;
  };
  const running = (fileId: number, request: RunRequest | null) =>
    request && (() => change({ fileId, change: 'run', request }));

  return {
    last,
    isSending,
    async accept(view) {
      const { fileId } = view;
      return !isSending && did(view, 'accepted', write(fileId, true), () => write(fileId, false));
    },
    async remove(view) {
      const { fileId } = view;
      const undo = running(fileId, undoRemoval(view, presets));
      return !isSending && did(view, 'removed', change({ fileId, change: 'remove' }), undo);
    },
    async tryOther(view, request) {
      const { fileId } = view;
      const undo = running(fileId, undoOtherEngine(view));
      return !isSending && did(view, 'engine', change({ fileId, change: 'run', request }), undo);
    },
    async undo() {
      if (isSending || !last || !(await last.undo())) return null;
      setLast(null);
      return last.fileId;
    },
  };
}
