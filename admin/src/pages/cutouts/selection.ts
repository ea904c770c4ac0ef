import type { AssetView, RunRequest } from '../../../../server/src/api/contracts';
import { type Engines, otherEngine, runAction } from '../../panel/actions';

/** What can be done with the chosen pictures, each with those that it is for. */
export interface SelectionPlan {
  /** By what is asked, as the button of each picture would. What is held is decided one by one. */
  make: { ids: number[]; request: RunRequest }[];
  makeCount: number;
  remote: { ids: number[]; credits: number };
  local: { ids: number[] };
  remove: number[];
}

export function planSelection(views: readonly AssetView[], engines: Engines | undefined): SelectionPlan {
  const make = new Map<string, { ids: number[]; request: RunRequest }>();
  const plan: SelectionPlan = {
    ...{ make: [], makeCount: 0, remove: [] },
    ...{ remote: { ids: [], credits: 0 }, local: { ids: [] } },
  };
  for (const view of views) {
    const { fileId } = view;
    const run = runAction(view, engines);
    if (run && !run.request.force) {
      const group = make.get(JSON.stringify(run.request)) ?? { ids: [], request: run.request };
      make.set(JSON.stringify(run.request), group);
      group.ids.push(fileId);
      plan.makeCount += 1;
    }
    const other = otherEngine(view, engines);
    if (other?.request.engine === 'remote') {
      plan.remote.ids.push(fileId);
      plan.remote.credits += view.remoteCredits;
    } else if (other) plan.local.ids.push(fileId);
    if (view.may.remove && view.variants.length > 0) plan.remove.push(fileId);
  }
  return { ...plan, make: [...make.values()] };
}

/** What the local engine takes for so many, in minutes; null where nobody knows how long one takes. */
export function minutesFor(count: number, engines: Engines | undefined): number | null {
  const ms = engines?.local.typicalMs ?? null;
  return ms === null ? null : Math.max(1, Math.round((count * ms) / 60_000));
}
