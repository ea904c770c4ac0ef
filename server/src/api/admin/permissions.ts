import type { Core } from '@strapi/strapi';

const actions = [
  { uid: 'read', displayName: 'See cutouts and their status' },
  { uid: 'edit', displayName: 'Make and remove cutouts' },
  { uid: 'usage.read', displayName: 'See credits, billing cycles and savings' },
];

export const READ = 'plugin::cutout.read';
export const EDIT = 'plugin::cutout.edit';

export async function registerPermissions(strapi: Core.Strapi): Promise<void> {
  await strapi
    .service('admin::permission')
    .actionProvider.registerMany(actions.map((action) => ({ ...action, section: 'plugins', pluginName: 'cutout' })));
}
export const READ_USAGE = 'plugin::cutout.usage.read';
