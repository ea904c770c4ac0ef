import type { AssetView } from '../../../server/src/api/contracts';
import { type Engines, otherEngine, runAction, type RunAction } from '../panel/actions';
import { editorPath } from '../panel/editorPath';
import { previewOf } from '../panel/variants';

/** What can be done with one image from its field. */
export interface MenuItems {
  runs: RunAction[];
  /** The address of the cutout to copy and to open; null while there is none. */
  url: string | null;
  /** Where it is corrected by hand; null where it cannot be. */
  editPath: string | null;
  canRemove: boolean;
}

export function menuItems(view: AssetView, engines: Engines | undefined): MenuItems {
  return {
    runs: [runAction(view, engines), otherEngine(view, engines)].flatMap((action) => action ?? []),
    url: previewOf(view.variants)?.url ?? null,
    editPath: editorPath(view),
    canRemove: view.may.remove && view.variants.length > 0,
  };
}

export const hasItems = ({ runs, url, canRemove }: MenuItems): boolean => runs.length > 0 || url !== null || canRemove;

/** A field says something where it asks for cutouts, or where one of its images has one or has been asked for one. */
export function isShown(isEnabled: boolean, views: readonly AssetView[]): boolean {
  return (
    views.length > 0 && (isEnabled || views.some(({ state, variants }) => state !== 'none' || variants.length > 0))
  );
}
