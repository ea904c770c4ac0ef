import type { AssetView, OverviewResponse, RunRequest } from '../../../../server/src/api/contracts';

type Before = Pick<
  AssetView,
  'engine' | 'corrected' | 'ownOptions' | 'optedOut' | 'wish' | 'variants' | 'remoteCredits' | 'runCredits' | 'may'
>;
type Presets = OverviewResponse['data']['presets'];

/**
 * What brings a removed cutout back as it was, for nothing: a local one is made again, a paid mask is kept for a month.
 * Null where that would cost a credit, and for what is lost with it: a person's correction and options of the image's own.
 * @param before how it stood before it was removed
 */
export function undoRemoval(before: Before, presets: Presets): RunRequest | null {
  const { engine, corrected, ownOptions, optedOut, wish, runCredits, may } = before;
  if (corrected || ownOptions.length > 0 || !may.run) return null;
  // Once it is removed, nothing shows the server that it is paid for: it asks for the right to spend.
  if (engine === 'remote' && !may.remote) return null;
  if (runCredits === 0 && wish === null && !optedOut) return {};
  const had = presets.filter(({ key }) => before.variants.some((variant) => variant.key === key));
  const wished = { presets: had.map(({ name }) => name), ...(wish?.effort ? { effort: wish.effort } : {}) };
  if (had.length === 0) return null;
  if (runCredits === 0) return { ...wished, ...(wish?.engine ? { engine: wish.engine } : {}) };
  return engine === 'local' ? { ...wished, engine } : null;
}

/** What goes back to the engine that made it before; null where that would cost a credit. */
export function undoOtherEngine({ engine, remoteCredits, may }: Before): RunRequest | null {
  if (engine === 'local') return may.local ? { engine } : null;
  return engine === 'remote' && remoteCredits === 0 && may.remote ? { engine } : null;
}
