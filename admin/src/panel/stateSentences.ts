import type { AssetView } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { reasonText } from './reasonText';
import { waitsFor } from './waiting';

type Stated = Pick<AssetView, 'state' | 'reason' | 'reasonValues' | 'may' | 'review' | 'stale' | 'optedOut'>;

interface Circumstances {
  /** A field asks for the cutout; null where that is not known. */
  isWanted: boolean | null;
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
  { state, reason, reasonValues, may, review, stale, optedOut }: Stated,
  { isWanted, nextTry, toldAbove }: Circumstances,
  text: Text,
): string[] {
  if (state === 'none') {
    if (optedOut) return [text('state.none.removed')];
    if (isWanted === null) return [];
    if (isWanted) return [text('state.none.wanted')];
    return [text(may.run ? 'state.none.hint' : 'state.none.unwanted')];
  }
  if (state === 'ready' && review) return [text('state.review.hint')];
  // What is there beside a reason: a preset that was asked for and does not exist. All else of a job before is over.
  const isAmiss = state === 'failed' || (state === 'ready' && reason?.code === 'options.invalid');
  if (state === 'ready' && !isAmiss) return stale.length > 0 ? [text('state.stale')] : [];
  if (!reason) return [];
  const plain = reasonText(reason, text, reasonValues);
  if (state === 'waiting') {
    return [plain, text(waitsFor(reason.code)), ...(nextTry ? [text('state.waiting.until', { when: nextTry })] : [])];
  }
  if (state === 'held') return [plain, text(may.force ? 'state.held.hint' : 'state.held.others')];
  const isNews = reason.message !== plain && !toldAbove.includes(reason.message);
  return isAmiss && isNews ? [plain, reason.message] : [plain];
}
