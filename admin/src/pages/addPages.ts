import type { StrapiApp } from '@strapi/strapi/admin';
import { Scissors } from '@strapi/icons';

import { pluginId } from '../pluginId';
import { descriptor } from '../translations';
import { bulkPermissions, readPermissions, settingsPermissions, usagePermissions } from './permissions';

/** The plugin's own pages, with a link in the main menu for those who may see one of them, and one in Strapi's settings. */
export function addPages(app: Pick<StrapiApp, 'addMenuLink' | 'addSettingsLink'>): void {
  app.addMenuLink({
    to: `plugins/${pluginId}`,
    icon: Scissors,
    intlLabel: descriptor('menu.title'),
    permissions: [...readPermissions, ...bulkPermissions, ...usagePermissions, ...settingsPermissions],
    Component: () => import('./PluginPages'),
  });
  app.addSettingsLink('global', {
    id: pluginId,
    to: pluginId,
    intlLabel: descriptor('menu.title'),
    permissions: settingsPermissions,
    Component: () => import('./settings/SettingsPage'),
  });
}
