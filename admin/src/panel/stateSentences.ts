import type { AssetStatus } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { reasonText } from './reasonText';

interface Circumstances {
  /** A field asks for the cutout. */
  isWanted: boolean;
  /** When a waiting job is tried again, in the editor's language; `null` when that is a matter of moments. */
  nextTry: string | null;
  /** Server sentences that stand in a banner above already. */
  toldAbove: readonly string[];
}

/**
 * What a state means for the editor, one sentence after the other: why, what happens next, and for a failure the
 * server's own sentence, which names the file or the setting at fault.
 */
export function stateSentences(
  { state, reason }: Pick<AssetStatus, 'state' | 'reason'>,
  { isWanted, nextTry, toldAbove }: Circumstances,
  text: Text,
): string[] {
  if (state === 'none') return [text(isWanted ? 'state.none.wanted' : 'state.none.hint')];
  if (!reason || state === 'ready') return [];
  const plain = reasonText(reason, text);
  if (state === 'waiting') {
    return [plain, nextTry ? text('state.waiting.until', { when: nextTry }) : text('state.waiting.hint')];
  }
  if (state === 'held') return [plain, text('state.held.hint')];
  const isNews = reason.message !== plain && !toldAbove.includes(reason.message);
  return state === 'failed' && isNews ? [plain, reason.message] : [plain];
}
