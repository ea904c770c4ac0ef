import type { Core } from '@strapi/strapi';
import { ensureLock, lockRow } from '../../locks';
import { inTransaction } from '../../transaction';

const actions = [
  { uid: 'read', displayName: 'See cutouts and their status' },
  { uid: 'edit', displayName: 'Make and remove cutouts' },
  { uid: 'pay', displayName: 'Spend credits and make cutouts anew' },
  { uid: 'bulk', displayName: 'Run cutouts over the whole media library' },
  { uid: 'settings', displayName: 'Change settings and run the doctor' },
  { uid: 'usage.read', displayName: 'See credits, billing cycles and savings' },
];

export const READ = 'plugin::cutout.read';
export const EDIT = 'plugin::cutout.edit';
export { PAY } from '../../words';
/** Runs over many files at once, whoever may see each of them; what they may cost takes `PAY` beside it. */
export const BULK = 'plugin::cutout.bulk';
/** What tells of the server itself, and what it goes by. */
export const SETTINGS = 'plugin::cutout.settings';
export const READ_USAGE = 'plugin::cutout.usage.read';

export async function registerPermissions(strapi: Core.Strapi): Promise<void> {
  await strapi
    .service('admin::permission')
    .actionProvider.registerMany(actions.map((action) => ({ ...action, section: 'plugins', pluginName: 'cutout' })));
}

/** Roles that Strapi brings along for those who write. */
const WRITERS = ['strapi-editor', 'strapi-author'];
const GIVEN = { type: 'plugin', name: 'cutout', key: 'read-given' } as const;

/**
 * Lets Strapi's Editor and Author roles see cutouts, once in the life of an installation: an admin who takes it away is
 * not overruled. Not before Strapi has started, as its own bootstrap makes the roles.
 */
export async function giveReadOnce(strapi: Core.Strapi): Promise<void> {
  if ((await strapi.store.get(GIVEN)) !== null) return;
  await ensureLock(strapi, GIVEN.key);
  await inTransaction(strapi, async () => {
    await lockRow(strapi, GIVEN.key);
    if ((await strapi.store.get(GIVEN)) !== null) return;
    const where = { code: { $in: WRITERS } };
    const roles = (await strapi.db.query('admin::role').findMany({ where, populate: ['permissions'] })) as Role[];
    for (const { id, permissions } of roles) {
      if (permissions.some(({ action }) => action === READ)) continue;
      const permission = { action: READ, subject: null, properties: {}, conditions: [] };
      await strapi.service('admin::role').addPermissions(id, [permission]);
    }
    await strapi.store.set({ ...GIVEN, value: true });
  });
}

interface Role {
  id: number;
  permissions: { action: string }[];
}
