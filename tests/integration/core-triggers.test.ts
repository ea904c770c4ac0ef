import path from 'node:path';
import sharp from 'sharp';
import { type Asset, assetStatus, createProduct, findAsset, request, type Session } from '../../scripts/lib/client';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { LOOK } from '../../server/src/tables/looks';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { type CoreApp, discard, idle, jobsOf, type Upload, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { until } from '../support/until';

const PRODUCT = 'api::product.product';
let app: CoreApp;
let session: Session;
let seed = 0;

beforeAll(async () => {
  ({ app, session } = await startQuickApp({
    rules: { folders: { '/Ruled': { presets: ['thumb'] } } },
    limits: { maxPixels: 200_000 },
  }));
}, 180_000);
afterAll(() => discard(app));

const photo = async (): Promise<Upload> => ({
  name: `disc-${++seed}.jpg`,
  bytes: await disc(seed),
  type: 'image/jpeg',
});
/** An asset that no rule wants anything of, yet. */
const library = async (): Promise<Asset> => upload(session, await photo());
const inField = (id: number, field: string) => ({ ref: PRODUCT, refId: String(id), field });
const settledAsset = async (id: number): Promise<Asset> => {
  await idle(app);
  return findAsset(session, id);
};
/** What sites see; the admin's small picture comes and goes with it. */
const cutoutKeys = (asset: Asset) =>
  Object.keys(asset.formats ?? {})
    .filter((key) => key.startsWith('cutout') && key !== THUMBNAIL_KEY)
    .sort();
const keysOf = async (id: number) => cutoutKeys(await settledAsset(id));
const product = (data: Record<string, unknown>) => createProduct(session, { title: `p${++seed}`, ...data });
const save = (documentId: string, data: Record<string, unknown>) =>
  request(session.url, 'PUT', `/api/products/${documentId}`, { bearer: session.token, json: { data } });
const reuses = (job: JobRow | undefined) => /was there already/.test(job?.chosen?.why ?? '');

describe('an upload into a field', () => {
  it('gets the field’s presets, and one job', async () => {
    const { id } = await product({});
    const asset = await upload(session, { ...(await photo()), fields: inField(id, 'gallery') });
    expect(await keysOf(asset.id)).toEqual(['cutout', 'cutout_card', 'cutout_matte']);
    const jobs = await jobsOf(app, asset.id);
    expect(jobs).toHaveLength(1);
    expect(jobs[0]).toMatchObject({
      state: 'done',
      source: 'api',
      presets: ['card', 'default'],
      engine: 'local',
      attempts: 1,
    });
  });

  it('gets nothing from a field that asks for nothing', async () => {
    const { id } = await product({});
    const asset = await upload(session, { ...(await photo()), fields: inField(id, 'plain') });
    expect(await keysOf(asset.id)).toEqual([]);
    expect(await jobsOf(app, asset.id)).toEqual([]);
    expect(await assetStatus(session, asset.id)).toMatchObject({ state: 'none', variants: [] });
  });
});

describe('an asset of the library that is put into an entry', () => {
  it.each<[string, (id: number) => unknown]>([
    ['its id', (id) => id],
    ['set', (id) => ({ set: [{ id }] })],
  ])('at its creation, by %s', async (_shape, value) => {
    const { id } = await library();
    await product({ photo: value(id) });
    expect(await keysOf(id)).toEqual(['cutout', 'cutout_matte']);
    expect((await jobsOf(app, id))[0]).toMatchObject({ source: 'field' });
  });

  // Strapi itself takes `connect` for media at an update alone.
  it.each<[string, (id: number) => unknown]>([
    ['its id', (id) => id],
    ['connect', (id) => ({ connect: [{ id }] })],
    ['connect by plain id', (id) => ({ connect: [id] })],
    ['set', (id) => ({ set: [{ id }] })],
  ])('at an update, by %s', async (_shape, value) => {
    const { documentId } = await product({});
    const { id } = await library();
    await save(documentId, { photo: value(id) });
    expect(await keysOf(id)).toEqual(['cutout', 'cutout_matte']);
  });

  it('with others, in a field of many', async () => {
    const assets = [await library(), await library()];
    await product({ gallery: assets.map(({ id }) => id) });
    for (const { id } of assets) expect(await keysOf(id)).toEqual(['cutout', 'cutout_card', 'cutout_matte']);
  });

  it('in a component and in a dynamic zone', async () => {
    const [detail, block] = [await library(), await library()];
    await product({
      detail: { caption: 'x', image: detail.id },
      blocks: [
        { __component: 'catalog.note', text: 'x' },
        { __component: 'catalog.picture', image: { set: [{ id: block.id }] } },
      ],
    });
    for (const { id } of [detail, block]) expect(await keysOf(id)).toEqual(['cutout', 'cutout_matte', 'cutout_thumb']);
  });

  it('as the whole file object, in a draft saved and published in the Content Manager', async () => {
    const asset = await library();
    const cm = (method: string, route: string, json: unknown) =>
      request(session.url, method, `/content-manager/collection-types/${PRODUCT}${route}`, {
        bearer: session.jwt,
        json,
      });
    const { data: draft } = await cm('POST', '', { title: 'cm', photo: asset });
    expect(await keysOf(asset.id)).toEqual(['cutout', 'cutout_matte']);
    await cm('POST', `/${draft.documentId}/actions/publish`, {
      title: 'cm',
      photo: await findAsset(session, asset.id),
    });
    await idle(app);
    expect(await jobsOf(app, asset.id)).toHaveLength(1);
  });

  it('that was attached while its type was published asks at the publish at the latest', async () => {
    const asset = await library();
    const draft = await app.strapi.documents(PRODUCT).create({ data: { title: 'late', photo: asset.id } as never });
    await app.strapi.documents(PRODUCT).publish({ documentId: draft.documentId });
    expect(await keysOf(asset.id)).toEqual(['cutout', 'cutout_matte']);
    expect(await jobsOf(app, asset.id)).toHaveLength(1);
  });
});

describe('nothing happens twice', () => {
  it('for an unchanged asset: saved again, published, put into another entry, its details edited', async () => {
    const { id } = await library();
    const { documentId } = await product({ photo: id });
    const before = await settledAsset(id);
    await save(documentId, { title: 'again' });
    await save(documentId, { photo: id });
    await app.strapi.documents(PRODUCT).publish({ documentId });
    await app.strapi.documents(PRODUCT).clone({ documentId, data: { title: 'clone' } as never });
    await product({ photo: { connect: [{ id }] } });
    await request(session.url, 'POST', `/api/upload?id=${id}`, {
      bearer: session.token,
      form: formOf({ fileInfo: JSON.stringify({ alternativeText: 'a disc' }) }),
    });
    const after = await settledAsset(id);
    expect(after.formats).toEqual(before.formats);
    expect(await jobsOf(app, id)).toHaveLength(1);
  });

  it('when two fields want different presets: both are made, from one run of the model', async () => {
    const { id } = await library();
    const { documentId } = await product({ photo: id });
    const first = await settledAsset(id);
    await save(documentId, { photo: id, detail: { caption: 'x', image: id }, gallery: [id] });
    const second = await settledAsset(id);
    expect(cutoutKeys(second)).toEqual(['cutout', 'cutout_card', 'cutout_matte', 'cutout_thumb']);
    const jobs = await jobsOf(app, id);
    expect(jobs.map(({ presets }) => presets)).toEqual([['default'], ['card', 'thumb']]);
    expect(jobs.map(reuses)).toEqual([false, true]);
    expect(second.formats?.cutout).toEqual(first.formats?.cutout);
    expect(second.formats?.cutout_matte).toEqual(first.formats?.cutout_matte);
  });

  it('when both fields are filled by one save', async () => {
    const { id } = await library();
    await product({ photo: id, gallery: [id], detail: { image: id } });
    expect(await keysOf(id)).toEqual(['cutout', 'cutout_card', 'cutout_matte', 'cutout_thumb']);
    expect(await jobsOf(app, id)).toHaveLength(1);
  });

  it('for a second asset with the same bytes: its matte is taken over', async () => {
    const same = await photo();
    const { id: one } = await upload(session, { ...same, fields: { cutout: 'true' } });
    await idle(app);
    const { id: two } = await upload(session, { ...same, fields: { cutout: 'true' } });
    const [first, second] = [await settledAsset(one), await settledAsset(two)];
    expect((await jobsOf(app, two)).map(reuses)).toEqual([true]);
    expect(second.formats?.cutout_matte.url).not.toBe(first.formats?.cutout_matte.url);
    await request(session.url, 'DELETE', `/api/upload/files/${one}`, { bearer: session.token });
    expect(app.uploads()).toContain(path.basename(second.formats!.cutout_matte.url));
  });
});

function formOf(fields: Record<string, string>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

describe('folders', () => {
  const makeFolder = async (name: string, parent: number | null = null): Promise<number> => {
    const { data } = await request(session.url, 'POST', '/upload/folders', {
      bearer: session.jwt,
      json: { name, parent },
    });
    return data.id;
  };
  const adminUpload = async (folderId: number | null): Promise<number> => {
    const { name, bytes } = await photo();
    const form = formOf({ fileInfo: JSON.stringify({ name, folder: folderId }) });
    form.set('files', new Blob([new Uint8Array(bytes as Buffer)], { type: 'image/jpeg' }), name);
    const [asset] = await request(session.url, 'POST', '/upload', { bearer: session.jwt, form });
    return asset.id;
  };

  const cutout = ['cutout_matte', 'cutout_thumb'];
  let ruled: number;
  beforeAll(async () => {
    ruled = await makeFolder('Ruled');
  });

  it('give their rule to what is uploaded into them, and into their subfolders', async () => {
    const inner = await makeFolder('Inner', ruled);
    const alike = await makeFolder('Ruled not');
    const [direct, nested, other] = [await adminUpload(ruled), await adminUpload(inner), await adminUpload(alike)];
    expect(await keysOf(direct)).toEqual(cutout);
    expect(await keysOf(nested)).toEqual(cutout);
    expect(await keysOf(other)).toEqual([]);
    expect((await jobsOf(app, direct))[0]).toMatchObject({ source: 'upload' });
  });

  it('give it to an asset whose details put it there', async () => {
    const id = await adminUpload(null);
    const form = formOf({ fileInfo: JSON.stringify({ folder: ruled }) });
    await request(session.url, 'POST', `/upload?id=${id}`, { bearer: session.jwt, form });
    expect(await keysOf(id)).toEqual(cutout);
  });

  it('give it to assets and folders that are moved there together', async () => {
    const moved = await makeFolder('Moved');
    const below = await makeFolder('Below', moved);
    const [alone, within, deep] = [await adminUpload(null), await adminUpload(moved), await adminUpload(below)];
    const json = { fileIds: [alone], folderIds: [moved], destinationFolderId: ruled };
    const { data } = await request(session.url, 'POST', '/upload/actions/bulk-move', { bearer: session.jwt, json });
    expect(data.files).toHaveLength(1);
    for (const id of [alone, within, deep]) expect(await keysOf(id)).toEqual(cutout);
  });
});

describe('the `cutout` field of an upload', () => {
  it.each([
    ['true', ['cutout', 'cutout_matte']],
    ['card', ['cutout_card', 'cutout_matte']],
    ['["thumb","default"]', ['cutout', 'cutout_matte', 'cutout_thumb']],
    ['false', []],
  ])('%s', async (cutout, keys) => {
    const asset = await upload(session, { ...(await photo()), fields: { cutout } });
    expect(await keysOf(asset.id)).toEqual(keys);
  });

  it('no wins over the field’s rule, also when the entry is saved later, until a person asks', async () => {
    const { id, documentId } = await product({});
    const asset = await upload(session, { ...(await photo()), fields: { ...inField(id, 'photo'), cutout: 'false' } });
    await save(documentId, { photo: asset.id });
    expect(await keysOf(asset.id)).toEqual([]);
    await request(session.url, 'POST', `/cutout/assets/${asset.id}/run`, {
      bearer: session.jwt,
      json: { presets: ['thumb'] },
    });
    expect(await keysOf(asset.id)).toEqual(['cutout_matte', 'cutout_thumb']);
    expect((await jobsOf(app, asset.id)).at(-1)).toMatchObject({ source: 'admin' });
  });

  it('names presets beyond those of the field', async () => {
    const { id } = await product({});
    const asset = await upload(session, { ...(await photo()), fields: { ...inField(id, 'photo'), cutout: 'card' } });
    expect(await keysOf(asset.id)).toEqual(['cutout', 'cutout_card', 'cutout_matte']);
  });

  it('with an unknown preset fails the job, not the upload, and not the later jobs of the asset', async () => {
    const asset = await upload(session, { ...(await photo()), fields: { cutout: 'crad' } });
    await idle(app);
    expect(await assetStatus(session, asset.id)).toMatchObject({
      state: 'failed',
      reason: {
        code: 'options.invalid',
        message: "presets: expected names of configured presets (default, card, thumb), received 'crad'.",
      },
    });
    await product({ photo: asset.id });
    expect(await keysOf(asset.id)).toEqual(['cutout', 'cutout_matte']);
  });

  it('with one unknown preset makes the others', async () => {
    const asset = await upload(session, { ...(await photo()), fields: { cutout: 'crad,card,constructor' } });
    expect(await keysOf(asset.id)).toEqual(['cutout_card', 'cutout_matte']);
    const told = {
      code: 'options.invalid',
      message: "presets: expected names of configured presets (default, card, thumb), received 'crad', 'constructor'.",
    };
    expect(await assetStatus(session, asset.id)).toMatchObject({ state: 'ready', reason: told });
    await upload(session, { ...(await photo()), replace: asset.id, fields: { cutout: 'card' } });
    await idle(app);
    expect(await assetStatus(session, asset.id)).toMatchObject({ state: 'ready', reason: null });
  });

  it('is bounded: 900 kB of it become no log line, row or answer, and the upload goes through', async () => {
    const before = app.logs.length;
    const cutout = `crad\nerror: forged\u001b[31m${'x'.repeat(900_000)}`;
    const asset = await upload(session, { ...(await photo()), fields: { cutout } });
    await idle(app);
    const status = await assetStatus(session, asset.id);
    expect(status).toMatchObject({ state: 'failed', reason: { code: 'options.invalid' } });
    expect(status.reason?.message).toContain("received 'crad error: forged [31mxxx");
    expect(JSON.stringify(status).length).toBeLessThan(3000);
    expect(JSON.stringify(await jobsOf(app, asset.id)).length).toBeLessThan(3000);
    for (const line of app.logs.slice(before)) {
      expect(line.length).toBeLessThan(3000);
      // eslint-disable-next-line no-control-regex -- they are what is looked for
      expect(line).not.toMatch(/[\u0000-\u001f]/);
    }
  });
});

describe('what gets no cutout', () => {
  const frame = (value: number) => Buffer.alloc(32 * 32 * 3, value);
  const animation = (format: 'gif' | 'webp') =>
    sharp(Buffer.concat([frame(10), frame(200)]), { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } })
      [format]()
      .toBuffer();
  const transparent = async () =>
    sharp(await disc(1, { format: 'png' }))
      .joinChannel(
        await sharp(Buffer.alloc(320 * 240, 0), { raw: { width: 320, height: 240, channels: 1 } })
          .png()
          .toBuffer(),
      )
      .png()
      .toBuffer();

  it.each<[string, () => Promise<Upload>, string]>([
    ['a text', async () => ({ name: 'notes.txt', bytes: 'hello', type: 'text/plain' }), 'source.not-an-image'],
    [
      'a PDF',
      async () => ({ name: 'a.pdf', bytes: '%PDF-1.4\n%%EOF', type: 'application/pdf' }),
      'source.not-an-image',
    ],
    [
      'an SVG',
      async () => ({
        name: 'a.svg',
        bytes: '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>',
        type: 'image/svg+xml',
      }),
      'source.svg',
    ],
    [
      'an animated GIF',
      async () => ({ name: 'a.gif', bytes: await animation('gif'), type: 'image/gif' }),
      'source.animated',
    ],
    [
      'an animated WebP',
      async () => ({ name: 'a.webp', bytes: await animation('webp'), type: 'image/webp' }),
      'source.animated',
    ],
    [
      'a picture with too many pixels',
      async () => ({ name: 'big.jpg', bytes: await disc(2, { width: 640, height: 480 }), type: 'image/jpeg' }),
      'source.too-many-pixels',
    ],
    [
      'a transparent PNG',
      async () => ({ name: 'clear.png', bytes: await transparent(), type: 'image/png' }),
      'source.already-transparent',
    ],
  ])('%s is uploaded, and skipped with the reason', async (_what, make, code) => {
    const asset = await upload(session, { ...(await make()), fields: { cutout: 'true' } });
    expect(await keysOf(asset.id)).toEqual([]);
    const status = await assetStatus(session, asset.id);
    expect(status).toMatchObject({ state: 'skipped', reason: { code } });
    expect(status.reason?.message).toMatch(/\S+ \S+/);
    await product({ plain: asset.id });
    expect(await jobsOf(app, asset.id)).toHaveLength(1);
  });
});

describe('where the cutout is read', () => {
  let asset: Asset;
  let documentId: string;
  beforeAll(async () => {
    const uploaded = await library();
    ({ documentId } = await product({ photo: uploaded.id }));
    asset = await settledAsset(uploaded.id);
  });

  it('in REST, of the file and of the entry that uses it', async () => {
    const expected = {
      ext: '.webp',
      mime: 'image/webp',
      width: 320,
      height: 240,
      path: null,
      url: expect.stringMatching(/^\/uploads\/.*_cutout_[0-9a-f]{14}\.webp$/),
      size: expect.any(Number),
      sizeInBytes: expect.any(Number),
    };
    expect(asset.formats?.cutout).toMatchObject(expected);
    const { data } = await request(session.url, 'GET', `/api/products/${documentId}?populate=photo`, {
      bearer: session.token,
    });
    expect(data.photo.formats.cutout).toMatchObject(expected);
    const picture = await fetch(session.url + asset.formats!.cutout.url);
    expect(picture.headers.get('content-type')).toBe('image/webp');
    const bytes = Buffer.from(await picture.arrayBuffer());
    expect(bytes).toHaveLength(asset.formats!.cutout.sizeInBytes);
    const { data: pixels, info } = await sharp(bytes).raw().toBuffer({ resolveWithObject: true });
    const alphaAt = (x: number, y: number) => pixels[(y * info.width + x) * info.channels + 3];
    expect(info).toMatchObject({ width: 320, height: 240, channels: 4 });
    expect(alphaAt(160, 120)).toBeGreaterThan(230);
    expect(alphaAt(5, 5)).toBeLessThan(25);
  });

  it('in GraphQL, in `formats`', async () => {
    const query = `{ product(documentId: "${documentId}") { photo { documentId formats } } }`;
    const { data } = await request(session.url, 'POST', '/graphql', { bearer: session.token, json: { query } });
    expect(data.product.photo.formats.cutout.url).toBe(asset.formats!.cutout.url);
  });

  it('in no type that GraphQL or the Content Manager makes of the plugin’s own tables', async () => {
    const { data } = await request(session.url, 'GET', '/content-manager/content-types', { bearer: session.jwt });
    expect(data.map(({ uid }: { uid: string }) => uid).filter((uid: string) => uid.includes('cutout'))).toEqual([]);
    const query = '{ cutoutJobs { id } }';
    await expect(request(session.url, 'POST', '/graphql', { bearer: session.token, json: { query } })).rejects.toThrow(
      /400/,
    );
  });
});

describe('a change that is rolled back', () => {
  it('leaves no job, and one that is committed starts its job then', async () => {
    const assets = [await library(), await library()];
    const [lost, kept] = assets.map(({ id }) => id) as [number, number];
    const create = (id: number) => app.strapi.documents(PRODUCT).create({ data: { title: 'trx', photo: id } as never });
    const rowsIn = async (fileId: number) => [
      await app.strapi.db.query(LOOK).count({ where: { fileId } }),
      await app.strapi.db.query(JOB).count({ where: { fileId } }),
    ];
    let within: number[] = [];
    await app.strapi.db
      .transaction(async () => {
        await create(lost);
        within = await rowsIn(lost);
        throw new Error('changed my mind');
      })
      .catch((error: Error) => expect(error.message).toBe('changed my mind'));
    // Nothing of the plugin within somebody's transaction but "look at this asset".
    expect(within).toEqual([1, 0]);
    expect(await rowsIn(lost)).toEqual([0, 0]);

    await app.strapi.db.transaction(async () => {
      await create(kept);
      within = await rowsIn(kept);
    });
    expect(within).toEqual([1, 0]);
    expect(await keysOf(kept)).toEqual(['cutout', 'cutout_matte']);
    expect(await keysOf(lost)).toEqual([]);
  });

  it('is planned later when the plan fails, and the save goes on', async () => {
    const { id } = await library();
    const { plan } = app.cutout.planner;
    app.cutout.planner.plan = () => Promise.reject(new Error('no luck'));
    try {
      const { documentId } = await product({ photo: id });
      expect(documentId).toBeTruthy();
      await until('it says so', () =>
        app.logs.some((line) => line.includes(`asset ${id} could not be planned: no luck`)),
      );
    } finally {
      app.cutout.planner.plan = plan;
    }
    expect(await keysOf(id)).toEqual(['cutout', 'cutout_matte']);
  });

  it('is not lost silently when a fault of the plugin ended its transaction', async () => {
    const { id } = await library();
    const { add } = app.cutout.looks;
    app.cutout.looks.add = () =>
      app.strapi.db.transaction(({ trx }) => trx.raw('SELECT * FROM no_such_table')) as never;
    const title = `either ${id}`;
    try {
      const outcome = await app.strapi.db
        .transaction(() => app.strapi.documents(PRODUCT).create({ data: { title, photo: id } as never }))
        .then(
          () => 'committed',
          () => 'refused',
        );
      const kept = await app.strapi.db.query(PRODUCT).count({ where: { title } });
      // PostgreSQL refuses all that follows a fault in a transaction, SQLite goes on.
      expect([outcome, kept]).toEqual(kept > 0 ? ['committed', 1] : ['refused', 0]);
    } finally {
      app.cutout.looks.add = add;
    }
  });
});
