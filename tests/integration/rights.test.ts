import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { HttpError, request, type Session } from '../../scripts/lib/client';
import { bootCore, type CoreApp, idle, listen, removeData, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';

/** What a person may do with an asset's cutouts is what the media library lets that person do with the asset. */

let folder: string;
let app: CoreApp;
let session: Session;
let seed = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-rights-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  app = await bootCore({ config: { local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') } } });
  session = await listen(app);
}, 180_000);
afterAll(async () => {
  await idle(app);
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

interface Permission {
  action: string;
  subject: null;
  properties: object;
  conditions: string[];
}
const permit = (action: string, ...conditions: string[]): Permission => ({
  action,
  subject: null,
  properties: {},
  conditions,
});

/** Everything that the plugin lets anybody do. */
const ofCutout = (): Permission[] => {
  const { actionProvider } = app.strapi.service('admin::permission') as unknown as {
    actionProvider: { values(): { actionId: string }[] };
  };
  const ids = actionProvider.values().map(({ actionId }) => actionId);
  return ids.filter((id) => id.startsWith('plugin::cutout.')).map((id) => permit(id));
};

const ofUpload = (...conditions: string[]): Permission[] => [
  permit('plugin::upload.assets.create'),
  permit('plugin::upload.read', ...conditions),
  permit('plugin::upload.assets.update', ...conditions),
];

const asAdmin = (method: string, route: string, json?: unknown) =>
  request(session.url, method, route, { bearer: session.jwt, json });

/** Somebody with a role of these permissions; their token. */
async function personWith(name: string, permissions: Permission[]): Promise<string> {
  const role = await asAdmin('POST', '/admin/roles', { name, description: '' });
  await asAdmin('PUT', `/admin/roles/${role.data.id}/permissions`, { permissions });
  const email = `${name}@example.com`;
  const user = await asAdmin('POST', '/admin/users', { email, firstname: name, roles: [role.data.id] });
  const { password } = session.admin;
  const json = { registrationToken: user.data.registrationToken, userInfo: { firstname: name, password } };
  await request(session.url, 'POST', '/admin/register', { json });
  const login = await request(session.url, 'POST', '/admin/login', { json: { email, password } });
  return (login.data as { token: string }).token;
}

/** Uploads in the media library, which notes who did. */
async function uploadAs(bearer: string): Promise<number> {
  const form = new FormData();
  const bytes = new Uint8Array(await disc((seed += 1)));
  form.set('files', new Blob([bytes], { type: 'image/jpeg' }), `own-${seed}.jpg`);
  const [asset] = (await request(session.url, 'POST', '/upload', { bearer, form })) as { id: number }[];
  return asset!.id;
}

/** Every admin route of the plugin that names an asset. */
function assetRoutes(): { method: string; path: string }[] {
  const { admin } = app.strapi.plugin('cutout').routes as unknown as {
    admin: { routes: { method: string; path: string }[] };
  };
  return admin.routes.filter((route) => route.path.includes('/assets/:id'));
}

async function statusOf(bearer: string, route: { method: string; path: string }, id: number): Promise<number> {
  const json = route.method === 'GET' || route.method === 'DELETE' ? undefined : {};
  const target = `/cutout${route.path.replace(':id', String(id)).replace(/:\w+/g, '1')}`;
  try {
    await request(session.url, route.method, target, { bearer, json });
    return 200;
  } catch (error) {
    if (error instanceof HttpError) return error.status;
    throw error;
  }
}

async function statuses(bearer: string, id: number): Promise<Record<string, number>> {
  const found: Record<string, number> = {};
  for (const route of assetRoutes()) found[`${route.method} ${route.path}`] = await statusOf(bearer, route, id);
  return found;
}

const all = (status: number) =>
  Object.fromEntries(assetRoutes().map((route) => [`${route.method} ${route.path}`, status]));

describe('a role limited to its own uploads', () => {
  let limited: string;
  beforeAll(async () => {
    limited = await personWith('limited', [...ofCutout(), ...ofUpload('admin::is-creator')]);
  });

  it('may do with its own assets what the plugin’s permissions allow', async () => {
    const found = await statuses(limited, await uploadAs(limited));
    expect(Object.values(found).filter((status) => status === 403)).toEqual([]);
    expect(found['GET /assets/:id']).toBe(200);
  });

  it('gets 403 for another person’s assets on every route', async () => {
    const other = await uploadAs(session.jwt);
    expect(await statuses(limited, other)).toEqual(all(403));
  });

  it('gets 403 for assets that no person uploaded', async () => {
    const { id } = await upload(session, { name: 'api.jpg', bytes: await disc((seed += 1)), type: 'image/jpeg' });
    expect(await statuses(limited, id)).toEqual(all(403));
  });
});

it('a role that may not see the media library gets 403 on every route', async () => {
  const blind = await personWith('blind', ofCutout());
  expect(await statuses(blind, await uploadAs(session.jwt))).toEqual(all(403));
});

it('a role that may see all assets and edit its own reads another person’s and changes nothing', async () => {
  const permissions = [permit('plugin::upload.read'), permit('plugin::upload.assets.update', 'admin::is-creator')];
  const reader = await personWith('reader', [...ofCutout(), ...permissions]);
  const found = await statuses(reader, await uploadAs(session.jwt));
  for (const [route, status] of Object.entries(found)) {
    if (route.startsWith('GET')) expect({ route, status }).not.toEqual({ route, status: 403 });
    else expect({ route, status }).toEqual({ route, status: 403 });
  }
});
