import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';

type RoleType = 'public' | 'authenticated';

/** Gives a role of Users & Permissions these permissions while `work` runs. */
export async function withRole<T>(
  strapi: Core.Strapi,
  type: RoleType,
  actions: readonly string[],
  work: () => Promise<T>,
): Promise<T> {
  const role = (await strapi.db.query('plugin::users-permissions.role').findOne({ where: { type } })) as { id: number };
  const permissions = strapi.db.query('plugin::users-permissions.permission');
  const given: number[] = [];
  for (const action of actions)
    given.push((await permissions.create({ data: { action, role: role.id } })).id as number);
  try {
    return await work();
  } finally {
    await permissions.deleteMany({ where: { id: { $in: given } } });
  }
}

/** A new user of the site. @returns what their browser sends as a Bearer */
export async function siteUser(strapi: Core.Strapi): Promise<string> {
  const username = randomUUID();
  const role = await strapi.db.query('plugin::users-permissions.role').findOne({ where: { type: 'authenticated' } });
  const data = { username, email: `${username}@example.com`, password: randomUUID(), confirmed: true, role: role.id };
  const { id } = (await strapi
    .plugin('users-permissions')
    .service('user')
    .add({ ...data, provider: 'local' })) as {
    id: number;
  };
  return strapi.plugin('users-permissions').service('jwt').issue({ id }) as string;
}
