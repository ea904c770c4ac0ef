import { useText } from '../../hooks/useText';
import { sendMatte, takeBackMatte } from '../../services/editor';
import { changesPng, type Work } from './canvases';
import { useSendChange } from './useSendChange';

interface MatteChanges {
  /** Each resolves to whether it was done; a refusal is told. */
  save: (work: Work) => Promise<boolean>;
  takeBack: () => Promise<boolean>;
  isSending: boolean;
}

/** Saves the matte that was painted on, or goes back to the automatic one. */
export function useChangeMatte(fileId: number): MatteChanges {
  const text = useText();
  const { send, isSending } = useSendChange();
  return {
    isSending,
    async save(work) {
      const sent = work.matte.data.slice();
      const changes = async () =>
        sendMatte(fileId, await changesPng({ ...work, matte: { ...work.matte, data: sent } }));
      const isSaved = await send(changes, text('editor.saved'));
      if (isSaved) work.stored = sent;
      return isSaved;
    },
    takeBack: () => send(() => takeBackMatte(fileId), text('editor.taken-back')),
  };
}
