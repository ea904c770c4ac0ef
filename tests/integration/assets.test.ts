import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { findAsset, request, type Session } from '../../scripts/lib/client';
import { assetsResponse } from '../../server/src/api/contracts';
import { giveReadOnce } from '../../server/src/api/admin/permissions';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { bootCore, type CoreApp, idle, listen, removeData, storedRows, upload } from '../support/core';
import { disc, type DiscOptions, QUICK, writeQuickModel } from '../support/quick-model';
import { addUser, grants, IS_CREATOR } from '../support/roles';
import { ofAssets, statementsOf } from '../support/rows-read';
import { until } from '../support/until';

/** `GET /cutout/assets?ids=…`, the small picture that it tells of, and who may ask for it from the start. */

let folder: string;
let app: CoreApp;
let admin: Session;
let seed = 0;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-assets-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  app = await bootCore({ config: { local, presets: { card: { sizes: [100] }, thumbnail: { w: 60 } } } });
  admin = await listen(app);
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

const add = async (options?: DiscOptions): Promise<number> => {
  const bytes = await disc((seed += 1), options);
  return (await upload(admin, { name: `disc-${seed}.jpg`, bytes, type: 'image/jpeg' })).id;
};

/** With the cutouts of these presets. */
const made = async (presets = ['default'], options?: DiscOptions): Promise<number> => {
  const id = await add(options);
  await run(id, { presets });
  return id;
};

const run = async (id: number, json: unknown) => {
  await request(admin.url, 'POST', `/cutout/assets/${id}/run`, { bearer: admin.jwt, json });
  await idle(app);
};

const read = async (ids: readonly (number | string)[], { url, jwt }: Session = admin) => {
  const response = await fetch(`${url}/cutout/assets?ids=${ids.join(',')}`, {
    headers: { authorization: `Bearer ${jwt}` },
  });
  return { status: response.status, body: await response.json() /* of two shapes, each checked below */ };
};

const view = async (ids: readonly number[], who?: Session) => {
  const { status, body } = await read(ids, who);
  expect(status).toBe(200);
  const parsed = assetsResponse.parse(body);
  expect(parsed).toEqual(body);
  return parsed;
};

describe('the states of many assets', () => {
  it('come in the order of their ids, each once, with what may be done; what is not there is named', async () => {
    const [ready, plain] = [await made(), await add()];
    const { data, meta } = await view([plain, 999_999, ready, plain]);
    expect(data.map(({ fileId, state }) => [fileId, state])).toEqual([
      [plain, 'none'],
      [ready, 'ready'],
    ]);
    expect(data[0]!.may).toMatchObject({ run: true, local: true, remove: true, remote: false });
    expect(meta).toMatchObject({ missing: [999_999], forbidden: [] });
    expect(Math.abs(Date.parse(meta.now) - Date.now())).toBeLessThan(60_000);
  });

  it('are told of the files that a person may see; the others are named and nothing more', async () => {
    const id = await made();
    const own = await addUser(admin, 'own', [
      ...grants(['plugin::upload.read', 'plugin::upload.assets.create'], [IS_CREATOR]),
      ...grants(['plugin::cutout.read']),
    ]);
    const form = new FormData();
    form.set('files', new Blob([new Uint8Array(await disc((seed += 1)))], { type: 'image/jpeg' }), 'mine.jpg');
    const [mine] = await request(admin.url, 'POST', '/upload', { bearer: own.jwt, form });
    const { data, meta } = await view([id, mine.id], own);
    expect(data.map(({ fileId }) => fileId)).toEqual([mine.id]);
    expect(data[0]!.may).toEqual(expect.objectContaining({ run: false, remove: false }));
    expect(meta.forbidden).toEqual([id]);
    expect(JSON.stringify({ data, meta })).not.toContain(`disc-${seed - 1}`);
    const stranger = await addUser(admin, 'stranger', grants(['plugin::upload.read']));
    expect((await read([id], stranger)).status).toBe(403);
  });

  it('cost as many statements for many as for one, for those too who may not spend', async () => {
    const editor = await addUser(
      admin,
      'writer',
      grants(['plugin::upload.read', 'plugin::upload.assets.update', 'plugin::cutout.read', 'plugin::cutout.edit']),
    );
    const ids = [];
    for (let at = 0; at < 6; at += 1) ids.push(await made());
    const of = async (who: Session, some: number[]) => {
      // The least of a few tries: the app's own rounds send statements too.
      const tries: number[] = [];
      for (let tried = 0; tried < 5; tried += 1) {
        tries.push(ofAssets(await statementsOf(app.strapi, async () => void (await view(some, who)))).length);
      }
      return Math.min(...tries);
    };
    for (const who of [admin, editor]) {
      const one = await of(who, ids.slice(0, 1));
      expect(await of(who, ids)).toBe(one);
      expect(one).toBeLessThan(15);
    }
  });

  it.each([[[]], [['x']], [[1.5]], [[-1]], [[2 ** 31]], [Array.from({ length: 201 }, (_, at) => at + 1)]])(
    'are refused for %j',
    async (ids) => {
      const { status, body } = await read(ids);
      expect([status, body.error?.details.code]).toEqual([400, 'options.invalid']);
    },
  );
});

describe('the small picture', () => {
  const formatsOf = async (id: number) => (await findAsset(admin, id)).formats ?? {};
  const thumbnailOf = async (id: number) => (await view([id])).data[0]!.thumbnail;
  const stored = async (id: number) =>
    (await storedRows(app)).filter(({ fileId, key }) => fileId === id && key === THUMBNAIL_KEY);

  it('is a WebP with transparency, within the box of Strapi’s thumbnails, and no variant', async () => {
    const id = await made(['default'], { width: 900, height: 600 });
    const thumbnail = (await thumbnailOf(id))!;
    expect(thumbnail).toMatchObject({ width: 234, height: 156, mime: 'image/webp' });
    const answer = await fetch(admin.url + thumbnail.url);
    const { width, height, hasAlpha } = await sharp(Buffer.from(await answer.arrayBuffer())).metadata();
    expect({ width, height, hasAlpha }).toEqual({ width: 234, height: 156, hasAlpha: true });
    const { data } = await view([id]);
    expect(data[0]!.variants.map(({ key }) => key).sort()).toEqual(['cutout', 'cutout_matte']);
    const told = await request(admin.url, 'GET', `/api/cutout/files/${id}`, { bearer: admin.token });
    expect(JSON.stringify(told)).not.toContain(THUMBNAIL_KEY);
  });

  it('is not made of a cutout that is as small', async () => {
    expect(await thumbnailOf(await made(['default'], { width: 200, height: 150 }))).toBeNull();
  });

  it('does not get into the way of a preset of that name', async () => {
    const id = await made(['thumbnail', 'card']);
    const formats = await formatsOf(id);
    const { variants, thumbnail } = (await view([id])).data[0]!;
    const keys = ['cutout_card', 'cutout_card_100', 'cutout_matte', 'cutout_thumbnail'];
    expect(variants.map(({ key }) => key).sort()).toEqual(keys);
    expect(formats.cutout_thumbnail.width).toBe(60);
    expect(formats[THUMBNAIL_KEY].cutout.of).toBe(formats.cutout_card.hash);
    expect(thumbnail?.url).toBe(formats[THUMBNAIL_KEY].url);
  });

  it('is made again with its variant, stays when others are made, and goes with it', async () => {
    const id = await made(['default']);
    const first = (await thumbnailOf(id))!.url;
    await run(id, { presets: ['card'] });
    expect((await thumbnailOf(id))!.url).toBe(first);
    await run(id, { force: true });
    const second = (await thumbnailOf(id))!.url;
    expect(second).not.toBe(first);
    expect(await stored(id)).toHaveLength(1);
    await request(admin.url, 'DELETE', `/api/cutout/files/${id}/variants/default`, { bearer: admin.token });
    await until('the small picture of the default cutout is gone', async () => (await stored(id)).length === 0);
    expect(await formatsOf(id)).not.toHaveProperty(THUMBNAIL_KEY);
    await request(admin.url, 'DELETE', `/cutout/assets/${id}`, { bearer: admin.jwt });
    await until('all files of the asset are gone', async () =>
      (await storedRows(app)).every(({ fileId }) => fileId !== id),
    );
  });
});

describe('the roles Editor and Author', () => {
  const READ = 'plugin::cutout.read';
  const permissions = async () =>
    (await app.strapi.db
      .query('admin::permission')
      .findMany({ where: { action: READ, role: { code: { $in: ['strapi-editor', 'strapi-author'] } } } })) as {
      id: number;
    }[];

  it('may see cutouts from the first start on, and an admin who takes that away is not overruled', async () => {
    await until('both have the permission', async () => (await permissions()).length === 2);
    await Promise.all([giveReadOnce(app.strapi), giveReadOnce(app.strapi)]);
    const given = await permissions();
    expect(given).toHaveLength(2);
    await app.strapi.db.query('admin::permission').delete({ where: { id: given[0]!.id } });
    await giveReadOnce(app.strapi);
    expect(await permissions()).toHaveLength(1);
  });

  it('get it once, whoever starts at the same time', async () => {
    for (const { id } of await permissions()) await app.strapi.db.query('admin::permission').delete({ where: { id } });
    await app.strapi.store.delete({ type: 'plugin', name: 'cutout', key: 'read-given' });
    await Promise.all([1, 2, 3].map(() => giveReadOnce(app.strapi)));
    expect(await permissions()).toHaveLength(2);
  });
});
