import type { Core } from '@strapi/strapi';

const actions = [
  { uid: 'read', displayName: 'See cutouts and their status' },
  { uid: 'edit', displayName: 'Make and remove cutouts' },
  { uid: 'pay', displayName: 'Spend credits and make cutouts anew' },
  { uid: 'bulk', displayName: 'Run cutouts over the whole media library' },
  { uid: 'usage.read', displayName: 'See credits, billing cycles and savings' },
];

export const READ = 'plugin::cutout.read';
export const EDIT = 'plugin::cutout.edit';
export { PAY } from '../../words';
/** Runs over many files at once, whoever may see each of them; what they may cost takes `PAY` beside it. */
export const BULK = 'plugin::cutout.bulk';
export const READ_USAGE = 'plugin::cutout.usage.read';

export async function registerPermissions(strapi: Core.Strapi): Promise<void> {
  await strapi
    .service('admin::permission')
    .actionProvider.registerMany(actions.map((action) => ({ ...action, section: 'plugins', pluginName: 'cutout' })));
}
