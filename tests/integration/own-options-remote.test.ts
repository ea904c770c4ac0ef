import { request } from '../../scripts/lib/client';
import { idle, jobsOf } from '../support/core';
import { ended, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';

/** Options of one image where its cutout is, or would be, paid for: they never cost a credit. */

jest.setTimeout(180_000);

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp();
});
afterAll(() => remote.stop());

const charged = () => remote.server.credits.charged();
const options = { bg_color: '#ff0000', format: 'png' };
const apply = (id: number) =>
  request(remote.session.url, 'PUT', `/cutout/assets/${id}/options`, {
    bearer: remote.session.jwt,
    json: { preset: 'default', options },
  });
const takeBack = (id: number) =>
  request(remote.session.url, 'DELETE', `/cutout/assets/${id}/options?preset=default`, { bearer: remote.session.jwt });
const run = (id: number, json: object) =>
  request(remote.session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: remote.session.jwt, json });
const madeBy = async (id: number) => {
  const { formats } = await remote.app.strapi.db.query('plugin::upload.file').findOne({ where: { id } });
  return [formats.cutout.mime, formats.cutout.cutout.engine, formats.cutout_matte.cutout.engine];
};

test('the engine is not asked again for what it was paid for', async () => {
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await ended(remote, [id]);
  const before = charged();
  await apply(id);
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'done', composeOnly: true });
  expect(await madeBy(id)).toEqual(['image/png', 'remote', 'remote']);
  await takeBack(id);
  await ended(remote, [id]);
  expect(await madeBy(id)).toEqual(['image/webp', 'remote', 'remote']);
  expect(charged()).toBe(before);
});

test('nor is it asked for an image that this server made, although the rules want it of the service by now', async () => {
  const rules = remote.app.cutout.config.rules as { everything: object | null };
  const { everything } = rules;
  rules.everything = { engine: 'local', presets: ['default'] };
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await ended(remote, [id]);
  rules.everything = everything;
  const before = charged();
  await apply(id);
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'done', chosen: { engine: 'local' } });
  expect(await madeBy(id)).toEqual(['image/png', 'local', 'local']);
  expect(charged()).toBe(before);
  // The view still tells that it would be made otherwise.
  const { data } = await request(remote.session.url, 'GET', `/cutout/assets/${id}`, { bearer: remote.session.jwt });
  expect(data).toMatchObject({ state: 'ready', ownOptions: ['default'], stale: ['engine'] });
  await idle(remote.app);
  expect(charged()).toBe(before);
});

test('an image that is made by the other engine keeps them', async () => {
  const [id] = (await uploadDistinct(remote, 1)) as [number];
  await ended(remote, [id]);
  await apply(id);
  await ended(remote, [id]);
  await run(id, { engine: 'local' });
  await ended(remote, [id]);
  expect(await madeBy(id)).toEqual(['image/png', 'local', 'local']);
  const before = charged();
  await run(id, { engine: 'remote' });
  expect((await ended(remote, [id]))[0]).toMatchObject({ state: 'done', composeOnly: false });
  expect(await madeBy(id)).toEqual(['image/png', 'remote', 'remote']);
  expect(charged()).toBe(before);
  expect((await jobsOf(remote.app, id)).filter(({ composeOnly }) => composeOnly)).toHaveLength(1);
});
