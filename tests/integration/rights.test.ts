import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { z } from 'zod';
import { request, type Session } from '../../scripts/lib/client';
import { accountCheckResponse, assetResponse, overviewResponse, usageResponse } from '../../server/src/api/contracts';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { bootCore, type CoreApp, idle, jobsOf, listen, removeData, upload as uploadByToken } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { addUser, grants, IS_CREATOR } from '../support/roles';
import { until } from '../support/until';

const CUTOUT = ['plugin::cutout.read', 'plugin::cutout.edit'];
const PAY = 'plugin::cutout.pay';
const NOTHING = { run: false, force: false, forgetWish: false, local: false, remote: false, remove: false };
const LIBRARY = ['plugin::upload.read', 'plugin::upload.assets.create', 'plugin::upload.assets.update'];

let folder: string;
let server: RembgServer;
let app: CoreApp;
let admin: Session;
/** May do everything but spend, with what they uploaded themselves. */
let own: Session;
/** May see and make cutouts of every file, but not spend. */
let editor: Session;
/** May spend as well. */
let payer: Session;
let paidFolder: number;
let seed = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-rights-'));
  server = await startRembgServer();
  const { apiUrl, accountUrl } = server;
  app = await bootCore({
    config: {
      local: {
        model: QUICK,
        modelsDir: writeQuickModel(path.join(folder, 'models')).modelsDir,
        cacheDir: path.join(folder, 'cache'),
      },
      remote: { apiKey: server.keys.premium, apiUrl, accountUrl, paidDir: path.join(folder, 'paid') },
      rules: { folders: { '/Paid': { engine: 'remote' } } },
    },
  });
  admin = await listen(app);
  own = await addUser(admin, 'own', [...grants(LIBRARY, [IS_CREATOR]), ...grants(CUTOUT)]);
  editor = await addUser(admin, 'editor', grants([...LIBRARY, ...CUTOUT]));
  payer = await addUser(admin, 'payer', grants([...LIBRARY, ...CUTOUT, PAY, 'plugin::cutout.usage.read']));
  const made = await request(admin.url, 'POST', '/upload/folders', {
    bearer: admin.jwt,
    json: { name: 'Paid', parent: null },
  });
  paidFolder = made.data.id as number;
}, 180_000);

afterAll(async () => {
  await app.stop();
  await server.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

/** An upload in the media library, which has a creator. */
async function photoBy({ url, jwt }: Session, folderId?: number): Promise<number> {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await disc(++seed))], { type: 'image/jpeg' }), `disc-${seed}.jpg`);
  if (folderId) form.set('fileInfo', JSON.stringify({ folder: folderId }));
  const [asset] = await request(url, 'POST', '/upload', { bearer: jwt, form });
  return asset.id as number;
}

async function ask({ url, jwt }: Session, method: string, route: string, json?: unknown) {
  const response = await fetch(url + route, {
    method,
    headers: { authorization: `Bearer ${jwt}`, ...(json ? { 'content-type': 'application/json' } : {}) },
    body: json ? JSON.stringify(json) : undefined,
  });
  return { status: response.status, body: await response.json() /* of many shapes, each checked below */ };
}

/** The contract and nothing beside it. */
const fits = <S extends z.ZodType>(schema: S, body: unknown): z.output<S> => {
  const parsed = schema.parse(body);
  expect(parsed).toEqual(body);
  return parsed;
};

const routes: [string, string, unknown?][] = [
  ['GET', ''],
  ['POST', '/run', {}],
  ['POST', '/run', { presets: ['thumb'] }],
  ['DELETE', '/wish'],
  ['DELETE', ''],
];

/** What each route answers for a file. */
async function onEachRoute(who: Session, id: number | string) {
  const answers = [];
  for (const [method, route, json] of routes) {
    answers.push(await ask(who, method, `/cutout/assets/${id}${route}`, json));
    await idle(app);
  }
  return answers;
}
const statuses = (answers: { status: number }[]) => answers.map(({ status }) => status);
const run = (who: Session, id: number, json: unknown = {}) => ask(who, 'POST', `/cutout/assets/${id}/run`, json);

describe('a role that is limited to its own uploads', () => {
  it('is refused on every route for the files of others, in the shape of Strapi’s own refusals', async () => {
    const id = await photoBy(admin);
    await run(admin, id, { presets: ['default'] });
    await idle(app);
    const before = await ask(admin, 'GET', `/cutout/assets/${id}`);
    const answers = await onEachRoute(own, id);
    expect(statuses(answers)).toEqual(routes.map(() => 403));
    for (const { body } of answers) {
      expect(body).toMatchObject({ data: null, error: { status: 403, name: 'ForbiddenError' } });
      expect(JSON.stringify(body)).not.toContain('/uploads/');
    }
    expect(await ask(admin, 'GET', `/cutout/assets/${id}`)).toEqual(before);
    expect(await jobsOf(app, id)).toHaveLength(1);
  });

  it('is refused for files without a creator', async () => {
    const { id } = await uploadByToken(admin, { name: 'd.jpg', bytes: await disc(++seed), type: 'image/jpeg' });
    expect(statuses(await onEachRoute(own, id))).toEqual(routes.map(() => 403));
  });

  it('may do everything with its own', async () => {
    const answers = await onEachRoute(own, await photoBy(own));
    expect(statuses(answers)).toEqual(routes.map(() => 200));
    for (const { body } of answers) fits(assetResponse, body);
  });

  it('is told that a file is not there', async () => {
    const answers = await onEachRoute(own, 999_999);
    expect(statuses(answers)).toEqual(routes.map(() => 404));
    expect(answers[0]!.body.error).toMatchObject({ name: 'NotFoundError', details: { code: 'asset.missing' } });
    expect(statuses(await onEachRoute(own, 'x'))).toEqual(routes.map(() => 400));
  });
});

describe('the media library’s permissions', () => {
  it('let nobody in who has the plugin’s alone', async () => {
    const outsider = await addUser(admin, 'outsider', grants([...CUTOUT, PAY]));
    expect(statuses(await onEachRoute(outsider, await photoBy(admin)))).toEqual(routes.map(() => 403));
  });

  it('let those only look who may not change files', async () => {
    const reader = await addUser(admin, 'reader', grants(['plugin::upload.read', ...CUTOUT, PAY]));
    const answers = await onEachRoute(reader, await photoBy(admin));
    expect(statuses(answers)).toEqual([200, 403, 403, 403, 403]);
    const { data } = fits(assetResponse, answers[0]!.body);
    expect(data.may).toEqual(NOTHING);
  });

  it('are asked beside conditions on the plugin’s own', async () => {
    const maker = await addUser(admin, 'maker', [
      ...grants([...LIBRARY, 'plugin::cutout.read']),
      ...grants(['plugin::cutout.edit'], [IS_CREATOR]),
    ]);
    expect(statuses(await onEachRoute(maker, await photoBy(admin)))).toEqual([200, 403, 403, 403, 403]);
    expect(statuses(await onEachRoute(maker, await photoBy(maker)))).toEqual([200, 200, 200, 200, 200]);
  });
});

describe('another picture as a background', () => {
  it('is shown to those alone who may see it, or who see it already', async () => {
    const [mine, another, secret] = [await photoBy(own), await photoBy(own), await photoBy(admin)];
    await run(own, mine, { engine: 'local' });
    await idle(app);
    const preview = ({ url, jwt }: Session, background: number) =>
      fetch(`${url}/cutout/assets/${mine}/preview?preset=default&bg_image=${background}&w=40`, {
        headers: { authorization: `Bearer ${jwt}` },
      });
    const apply = (who: Session, background: number, more = {}) =>
      ask(who, 'PUT', `/cutout/assets/${mine}/options`, {
        preset: 'default',
        options: { bg_image: background, ...more },
      });

    expect([(await preview(own, secret)).status, (await apply(own, secret)).status]).toEqual([403, 403]);
    expect([(await preview(own, another)).status, (await apply(own, another)).status]).toEqual([200, 200]);
    expect([(await preview(admin, secret)).status, (await apply(admin, secret)).status]).toEqual([200, 200]);
    // It is in the cutout now, which they see.
    expect([(await preview(own, secret)).status, (await apply(own, secret, { w: 50 })).status]).toEqual([200, 200]);
    expect((await preview(own, 999_999)).status).toBe(400);
    await idle(app);
  });
});

describe('the permission to spend', () => {
  it('is asked for runs that may cost a credit and for forced ones, and no job is made without it', async () => {
    const id = await photoBy(admin);
    for (const json of [{ engine: 'remote' }, { engine: 'auto' }, { force: true }, { force: true, engine: 'local' }]) {
      const { status, body } = await run(editor, id, json);
      expect([json, status, body.error.details.code]).toEqual([json, 403, 'asset.forbidden']);
      expect(body.error.message).toContain(PAY);
    }
    expect(await jobsOf(app, id)).toEqual([]);
    expect(fits(assetResponse, (await ask(editor, 'GET', `/cutout/assets/${id}`)).body).data.wish).toBeNull();

    const { status, body } = await run(editor, id, { engine: 'local' });
    expect(status).toBe(200);
    expect(fits(assetResponse, body).data.may).toEqual({
      ...NOTHING,
      run: true,
      forgetWish: true,
      local: true,
      remove: true,
    });
    await idle(app);
    expect(server.credits.charged()).toBe(0);
  });

  it('is asked where the rules want a paid cutout, until it is paid', async () => {
    server.setFault({ kind: 'row', row: 'corrupt-image' });
    const id = await photoBy(admin, paidFolder);
    await idle(app);
    server.setFault(null);
    const before = server.credits.charged();
    const jobs = await jobsOf(app, id);
    expect(jobs.map(({ state }) => state)).toEqual(['failed']);

    expect((await run(editor, id)).status).toBe(403);
    const seen = fits(assetResponse, (await ask(editor, 'GET', `/cutout/assets/${id}`)).body);
    expect(seen.data.may).toEqual({ ...NOTHING, local: true, remove: true });
    await idle(app);
    expect(await jobsOf(app, id)).toHaveLength(jobs.length);
    expect(server.credits.charged()).toBe(before);

    const paid = fits(assetResponse, (await run(payer, id)).body);
    expect(paid.data.may).toEqual(Object.fromEntries(Object.keys(NOTHING).map((right) => [right, true])));
    expect(seen.data.remoteCredits).toBe(1);
    await idle(app);
    expect(server.credits.charged()).toBe(before + 1);

    expect((await run(editor, id, { presets: ['thumb'] })).status).toBe(200);
    await idle(app);
    expect(server.credits.charged()).toBe(before + 1);
    const { data } = fits(assetResponse, (await ask(editor, 'GET', `/cutout/assets/${id}`)).body);
    expect(data.variants.map(({ key }) => key).sort()).toEqual(['cutout', 'cutout_matte', 'cutout_thumb']);
    expect(data.remoteCredits).toBe(0);
  });

  it('is asked to take a wish back where that leads to a paid cutout', async () => {
    const id = await photoBy(admin);
    await run(admin, id, { engine: 'local' });
    await idle(app);
    const move = { fileIds: [id], folderIds: [], destinationFolderId: paidFolder };
    await request(admin.url, 'POST', '/upload/actions/bulk-move', { bearer: admin.jwt, json: move });
    await idle(app);
    const before = server.credits.charged();
    expect((await ask(editor, 'DELETE', `/cutout/assets/${id}/wish`)).status).toBe(403);
    await idle(app);
    expect(server.credits.charged()).toBe(before);
    expect((await ask(payer, 'DELETE', `/cutout/assets/${id}/wish`)).status).toBe(200);
    await idle(app);
    expect(server.credits.charged()).toBe(before + 1);
  });
});

describe('the other engine', () => {
  it('makes it anew at a wish, and the rules’ own engine does again when that is asked for', async () => {
    const id = await photoBy(admin, paidFolder);
    await idle(app);
    const engineOf = async () => {
      await idle(app);
      return fits(assetResponse, (await ask(payer, 'GET', `/cutout/assets/${id}`)).body).data;
    };
    expect(await engineOf()).toMatchObject({ engine: 'remote', wish: null });
    const charged = server.credits.charged();
    await run(payer, id, { engine: 'local' });
    expect(await engineOf()).toMatchObject({ engine: 'local', wish: { engine: 'local' }, remoteCredits: 0 });
    await run(payer, id, { engine: 'remote' });
    expect(await engineOf()).toMatchObject({ engine: 'remote', wish: null });
    expect(server.credits.charged()).toBe(charged);
  });

  it('has its price told: what is left to those who may see credits, and what a picture takes here to all', async () => {
    const { engines } = fits(overviewResponse, (await ask(payer, 'GET', '/cutout/overview')).body).data;
    expect(engines.remote.spendable).toBeGreaterThan(0);
    expect(engines.local.typicalMs).toBeGreaterThan(0);
    const seen = fits(overviewResponse, (await ask(editor, 'GET', '/cutout/overview')).body).data.engines;
    expect(seen.remote.spendable).toBeNull();
    expect(seen.local.typicalMs).toBe(engines.local.typicalMs);
  });
});

describe('a run with an empty body', () => {
  it('gives a file that nobody wants the default cutout, and remembers that as a wish until it is taken back', async () => {
    const id = await photoBy(editor);
    const { data } = fits(assetResponse, (await run(editor, id)).body);
    expect(data.wish).toEqual({ presets: ['default'] });
    await idle(app);
    const { body } = await ask(editor, 'DELETE', `/cutout/assets/${id}/wish`);
    expect(fits(assetResponse, body).data).toMatchObject({ wish: null, state: 'ready' });
  });

  it('remembers no wish where a rule wants the file', async () => {
    const id = await photoBy(admin, paidFolder);
    await idle(app);
    const { data } = fits(assetResponse, (await run(payer, id)).body);
    expect(data.wish).toBeNull();
    expect(await jobsOf(app, id)).toHaveLength(1);
  });

  it('makes what the rules want of a file whose cutout was removed', async () => {
    const id = await photoBy(admin, paidFolder);
    await idle(app);
    await ask(payer, 'DELETE', `/cutout/assets/${id}`);
    await run(payer, id);
    await idle(app);
    const { data } = fits(assetResponse, (await ask(payer, 'GET', `/cutout/assets/${id}`)).body);
    expect(data).toMatchObject({ state: 'ready', engine: 'remote', wish: null });
  });
});

describe('the account', () => {
  const check = (who: Session) => ask(who, 'POST', '/cutout/account/check');

  it('is checked by those who may see credits and spend them', async () => {
    const viewer = await addUser(admin, 'viewer', grants([...CUTOUT, 'plugin::cutout.usage.read']));
    expect(statuses([await check(viewer), await check(editor), await check(payer)])).toEqual([403, 403, 200]);
    fits(overviewResponse, (await ask(viewer, 'GET', '/cutout/overview')).body);
    fits(usageResponse, (await ask(viewer, 'GET', '/cutout/usage')).body);
    expect((await ask(editor, 'GET', '/cutout/usage')).status).toBe(403);
  });

  it('lets waiting jobs go on as soon as its address is verified, and says why not before', async () => {
    const plan = server.accounts.find(server.keys.premium)!.plan;
    plan.verified = false;
    const id = await photoBy(admin, paidFolder);
    await untilRefused(id);
    const stopped = fits(overviewResponse, (await ask(payer, 'GET', '/cutout/overview')).body);
    expect(stopped.data.engines.remote.problem?.code).toBe('remote.email-not-verified');
    const refused = fits(accountCheckResponse, (await check(payer)).body);
    expect(refused.data).toMatchObject({ ok: false, problem: { code: 'remote.email-not-verified' } });
    expect(JSON.stringify(refused)).not.toContain(server.keys.premium);

    plan.verified = true;
    expect(fits(accountCheckResponse, (await check(payer)).body).data).toEqual({ ok: true, problem: null });
    await idle(app);
    const { data } = fits(assetResponse, (await ask(payer, 'GET', `/cutout/assets/${id}`)).body);
    expect(data).toMatchObject({ state: 'ready', engine: 'remote' });
    const now = fits(overviewResponse, (await ask(payer, 'GET', '/cutout/overview')).body);
    expect(now.data.engines.remote.problem).toBeNull();
  });

  it('is not called stopped for one picture’s trouble', async () => {
    server.setFault({ kind: 'row', row: 'corrupt-image' }, 1);
    const id = await photoBy(admin, paidFolder);
    await idle(app);
    expect((await jobsOf(app, id))[0]?.reasonCode).toBe('remote.corrupt-image');
    const { data } = fits(overviewResponse, (await ask(payer, 'GET', '/cutout/overview')).body);
    expect(data.engines.remote.problem).toBeNull();
  });
});

/** The job has met the account's refusal, whether it failed by it or waits. */
async function untilRefused(id: number): Promise<void> {
  await until('the account has refused', async () =>
    (await jobsOf(app, id)).some(({ reasonCode }) => reasonCode === 'remote.email-not-verified'),
  );
}
