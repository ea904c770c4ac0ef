import { request, type Session } from '../../scripts/lib/client';

export interface Grant {
  action: string;
  subject?: string | null;
  properties?: Record<string, unknown>;
  /** Names of Strapi's conditions. */
  conditions?: string[];
}

export const IS_CREATOR = 'admin::is-creator';

/** Permissions without a subject, all under the same conditions. */
export const grants = (actions: string[], conditions: string[] = []): Grant[] =>
  actions.map((action) => ({ action, conditions }));

/** Somebody with a role of their own that has these permissions, logged in. */
export async function addUser(session: Session, name: string, permissions: Grant[]): Promise<Session> {
  const asAdmin = (method: string, route: string, json: unknown) =>
    request(session.url, method, route, { bearer: session.jwt, json });
  const role = await asAdmin('POST', '/admin/roles', { name, description: '' });
  const whole = permissions.map((grant) => ({ subject: null, properties: {}, conditions: [], ...grant }));
  await asAdmin('PUT', `/admin/roles/${role.data.id}/permissions`, { permissions: whole });
  const admin = { email: `${name}@example.com`, password: session.admin.password };
  const user = await asAdmin('POST', '/admin/users', { email: admin.email, firstname: name, roles: [role.data.id] });
  const { registrationToken } = user.data;
  await request(session.url, 'POST', '/admin/register', {
    json: { registrationToken, userInfo: { firstname: name, password: admin.password } },
  });
  const { data } = await request(session.url, 'POST', '/admin/login', { json: admin });
  return { ...session, admin, jwt: data.token };
}
