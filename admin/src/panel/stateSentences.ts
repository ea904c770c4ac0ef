import type { AssetStatus } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { reasonText } from './reasonText';

/**
 * What a state means for the editor, one sentence after the other: why, what happens next, and for a failure the
 * server's own sentence, which names the file or the setting at fault. `isWanted`: a field asks for the cutout.
 */
export function stateSentences({ state, reason }: AssetStatus, isWanted: boolean, text: Text): string[] {
  if (state === 'none') return [text(isWanted ? 'state.none.wanted' : 'state.none.hint')];
  if (!reason || state === 'ready') return [];
  const plain = reasonText(reason, text);
  if (state === 'waiting') return [plain, text('state.waiting.hint')];
  return state === 'failed' && reason.message !== plain ? [plain, reason.message] : [plain];
}
