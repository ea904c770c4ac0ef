import { writeFileSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { assetStatus, findAsset, type Session } from '../../scripts/lib/client';
import { type CoreApp, discard, idle, jobsOf, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { until } from '../support/until';

/** What a picture is, and what it costs, is told from its bytes; on the whole way from the upload to its reason. */

let app: CoreApp;
let session: Session;

beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    rules: { folders: {}, everything: { presets: ['thumb'], maxPixels: 50_000_000 } },
  }));
  app.strapi.log.level = 'debug';
}, 180_000);
afterAll(() => discard(app));

const settled = async (id: number) => {
  await idle(app);
  return assetStatus(session, id);
};

it.each([
  ['a JPEG named as a PNG', 'logo.png', 'image/png', 'jpeg'],
  ['a PNG named as a JPEG', 'photo.jpg', 'image/jpeg', 'png'],
  ['a JPEG of no type', 'blob', 'application/octet-stream', 'jpeg'],
  ['a JPEG told as a text', 'photo.jpg', 'text/plain', 'jpeg'],
  ['a WebP told as a drawing', 'photo.svg', 'image/svg+xml', 'webp'],
] as const)('%s gets its cutout', async (_, name, type, format) => {
  const bytes = await sharp(await disc(1, { format: 'png' }))
    .toFormat(format)
    .toBuffer();
  const { id } = await upload(session, { name, bytes, type });
  expect(await settled(id)).toMatchObject({ state: 'ready' });
  expect((await findAsset(session, id)).formats).toHaveProperty('cutout_thumb');
});

it('a PNG put in the place of a JPEG gets its cutout', async () => {
  const { id } = await upload(session, { name: 'photo.jpg', bytes: await disc(2), type: 'image/jpeg' });
  await idle(app);
  await upload(session, { name: 'new.png', bytes: await disc(3, { format: 'png' }), type: 'image/png', replace: id });
  expect(await settled(id)).toMatchObject({ state: 'ready' });
  expect(await jobsOf(app, id)).toHaveLength(2);
});

it('HEIC named as a JPEG is skipped as what it is', async () => {
  const bytes = Buffer.from('\0\0\0\x18ftypheic\0\0\0\0mif1heic', 'latin1');
  const { id } = await upload(session, { name: 'photo.jpg', bytes, type: 'image/jpeg' });
  expect(await settled(id)).toMatchObject({
    state: 'skipped',
    reason: { code: 'source.unsupported', message: expect.stringMatching(/^HEIC pictures cannot be read here;/) },
  });
});

it('a broken-off picture fails with one sentence, and what the library said is in the debug log alone', async () => {
  const noisy = { type: 'gaussian', mean: 120, sigma: 40 } as const;
  const whole = await sharp({ create: { width: 400, height: 300, channels: 3, background: 'red', noise: noisy } })
    .jpeg()
    .toBuffer();
  const bytes = Buffer.concat([whole.subarray(0, whole.length / 2), Buffer.from([0xff, 0xd9])]);
  // Strapi's own check lets no such upload pass; a full disk or a broken transfer leaves one all the same.
  const asset = await upload(session, {
    name: 'half.jpg',
    bytes: whole,
    type: 'image/jpeg',
    fields: { cutout: 'false' },
  });
  writeFileSync(path.join(app.dataDir, 'public', asset.url), bytes);
  const { id } = asset;
  await app.cutout.planner.plan(id, { source: 'admin', asked: true });
  const message =
    'The picture half.jpg is damaged or cut short; save it anew from an image editor and upload it again.';
  expect(await settled(id)).toMatchObject({ state: 'failed', reason: { code: 'source.truncated', message } });
  const said = app.logs.filter((line) => line.includes('premature end'));
  expect(said).toHaveLength(1);
  expect(said[0]).toMatch(/^debug: /);
});

const flat = (width: number, height: number) =>
  sharp({ create: { width, height, channels: 3, background: '#888' } })
    .jpeg({ quality: 50 })
    .toBuffer();

it('more pixels than the rule allows are skipped, unless a person asks', async () => {
  const { id } = await upload(session, { name: 'wall.jpg', bytes: await flat(7200, 7000), type: 'image/jpeg' });
  const status = await settled(id);
  expect(status).toMatchObject({ state: 'skipped', reason: { code: 'source.too-many-pixels' } });
  expect(status.reason?.message).toContain('at most 50.0 megapixels');
}, 120_000);

it('a costly picture lets the ones planned after it go first', async () => {
  const asset = async (name: string, bytes: Buffer) =>
    (await upload(session, { name, bytes, type: 'image/jpeg', fields: { cutout: 'false' } })).id;
  const blocker = await asset('blocker.jpg', await flat(5000, 4000));
  const costly = await asset('costly.jpg', await flat(6500, 6400));
  const small = [await asset('s1.jpg', await disc(11)), await asset('s2.jpg', await disc(12))];
  const plan = (id: number) => app.cutout.planner.plan(id, { source: 'admin', wish: { presets: ['thumb'] } });
  await plan(blocker);
  await until('the first is at work', async () => (await jobsOf(app, blocker))[0]?.state === 'running');
  for (const id of [costly, ...small]) await plan(id);
  await idle(app);
  const ended = await Promise.all([costly, ...small].map(async (id) => (await jobsOf(app, id)).at(-1)!));
  expect(ended.map(({ state, attempts }) => [state, attempts])).toEqual(Array(3).fill(['done', 1]));
  const [costlyEnd, ...smallEnds] = ended.map(({ finishedAt }) => new Date(finishedAt!).getTime());
  for (const end of smallEnds) expect(end).toBeLessThan(costlyEnd!);
}, 180_000);
