import type { AssetView, Effort, EditorResponse } from '../../../../server/src/api/contracts';
import type { Engines, RunAction } from '../../panel/actions';

/** The least first, with the runs of the model that each takes at most; see docs/models.md. */
const efforts: readonly { name: Effort; runs: number }[] = [
  { name: 'fast', runs: 1 },
  { name: 'balanced', runs: 1 },
  { name: 'best', runs: 3 },
];

const placeOf = (named: Effort): number => efforts.findIndex(({ name }) => name === named);

type Made = Pick<EditorResponse['data']['provenance'], 'engine' | 'effort'>;
type Known = Pick<AssetView, 'state' | 'may' | 'corrected'>;

/**
 * Buttons that have a cutout of this server's made again with more effort than it was. There are none for less: a better
 * matte stands for a lesser wish.
 */
export function moreEffort({ state, may, corrected }: Known, made: Made, engines: Engines | undefined): RunAction[] {
  if (state !== 'ready' || !may.local || corrected || made.engine !== 'local') return [];
  if (!engines || engines.local.problem) return [];
  const { typicalMs, effort: usual } = engines.local;
  const ofRun = typicalMs === null ? null : typicalMs / efforts[placeOf(usual)]!.runs;
  return efforts.slice(placeOf(made.effort ?? 'balanced') + 1).map(({ name, runs }) => {
    const seconds = ofRun === null ? null : Math.max(1, Math.round((ofRun * runs) / 1000));
    return {
      label: `editor.again.${name as Exclude<Effort, 'fast'>}`,
      cost: { kind: 'free', seconds },
      request: { engine: 'local', effort: name },
    };
  });
}
