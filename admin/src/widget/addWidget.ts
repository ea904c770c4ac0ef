import type { StrapiApp } from '@strapi/strapi/admin';
import { Scissors } from '@strapi/icons';

import { usagePermissions } from '../pages/permissions';
import { pluginId } from '../pluginId';
import { descriptor } from '../translations';

/** The essentials of the credits on the home page, for those who may see them; older Strapis have no widgets. */
export function addWidget(app: Partial<Pick<StrapiApp, 'widgets'>>): void {
  app.widgets?.register({
    id: 'credits',
    pluginId,
    icon: Scissors,
    title: descriptor('widget.title'),
    link: { label: descriptor('widget.link'), href: `/plugins/${pluginId}/credits` },
    permissions: usagePermissions,
    component: async () => (await import('./CreditsWidget')).default,
  });
}
