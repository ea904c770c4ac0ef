import type { StrapiApp } from '@strapi/strapi/admin';
import { Scissors } from '@strapi/icons';

import { pluginId } from '../pluginId';
import { descriptor } from '../translations';
import { usagePermissions } from './permissions';

/** The plugin's own page and its link in the main menu, for those who may see credits. */
export function addCreditsPage(app: Pick<StrapiApp, 'addMenuLink'>): void {
  app.addMenuLink({
    to: `plugins/${pluginId}`,
    icon: Scissors,
    intlLabel: descriptor('menu.title'),
    permissions: usagePermissions,
    Component: () => import('./credits/CreditsPage'),
  });
}
