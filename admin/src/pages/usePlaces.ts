import { useRBAC } from '@strapi/strapi/admin';

import type { TextKey } from '../translations/words';
import { bulkPermissions, readPermissions, settingsPermissions, usagePermissions } from './permissions';

/** One of the plugin's pages, by its address below the plugin's own. */
export interface Place {
  path: '' | 'review' | 'runs' | 'credits' | 'settings' | 'doctor';
  label: TextKey;
}

/** The pages that this user may see, the first being where the main menu leads. */
export function usePlaces(): { places: readonly Place[]; isLoading: boolean } {
  const read = useRBAC(readPermissions);
  const bulk = useRBAC(bulkPermissions);
  // Strapi names the answers by the last part of an action, so this `canRead` is of `usage.read`.
  const usage = useRBAC(usagePermissions);
  const settings = useRBAC(settingsPermissions);
  const places: Place[] = [];
  if (read.allowedActions.canRead) {
    places.push({ path: '', label: 'pages.cutouts' }, { path: 'review', label: 'pages.review' });
  }
  if (bulk.allowedActions.canBulk) places.push({ path: 'runs', label: 'pages.runs' });
  if (usage.allowedActions.canRead) places.push({ path: 'credits', label: 'pages.credits' });
  if (settings.allowedActions.canSettings) {
    places.push({ path: 'settings', label: 'pages.settings' }, { path: 'doctor', label: 'pages.doctor' });
  }
  const isLoading = [read, bulk, usage, settings].some((answer) => answer.isLoading);
  return { places, isLoading };
}
