import { createHash } from 'node:crypto';
import { createReadStream, existsSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { type Asset, assetStatus, createProduct, findAsset, request, type Session } from '../../scripts/lib/client';
import { ASSET, type AssetRow } from '../../server/src/tables/assets';
import { STORED_FILE } from '../../server/src/tables/files';
import { JOB, type JobRow } from '../../server/src/tables/jobs';
import { MATTE, type MatteRow } from '../../server/src/tables/mattes';
import { seeded } from '../fixtures/random';
import { type CoreApp, discard, idle, jobsOf, storedRows, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc, QUICK } from '../support/quick-model';
import { until } from '../support/until';

const FILE = 'plugin::upload.file';
let app: CoreApp;
let session: Session;
let seed = 0;

beforeAll(async () => {
  ({ app, session } = await startQuickApp({ local: { workers: 2 } }));
}, 180_000);
afterAll(() => discard(app));

interface Provider {
  uploadStream(file: StoredEntity): Promise<void>;
  delete(file: StoredEntity): Promise<unknown>;
  isPrivate(): Promise<boolean> | boolean;
  getSignedUrl(file: StoredEntity): Promise<{ url: string }> | { url: string };
}
interface Row {
  id: number;
}
interface StoredEntity {
  hash: string;
  ext: string;
  url: string;
}
let undo: (() => void)[] = [];
afterEach(() => {
  for (const step of undo) step();
  undo = [];
});

/** Puts another behaviour in front of the real upload provider, until the test ends. */
function patch<K extends keyof Provider>(name: K, make: (real: Provider[K]) => Provider[K]): void {
  const provider = app.strapi.plugin('upload').provider as Provider;
  const real = provider[name];
  provider[name] = make(real);
  undo.push(() => (provider[name] = real));
}

/** Holds back the provider's next upload of a plugin's file whose key matches, before a byte of it is stored. */
function holdUpload(matching = /_cutout_matte_/) {
  let arrive: () => void = () => undefined;
  let letGo: () => void = () => undefined;
  const arrived = new Promise<void>((resolve) => (arrive = resolve));
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  let taken = false;
  patch('uploadStream', (real) => async (file) => {
    if (!taken && matching.test(file.hash)) {
      taken = true;
      arrive();
      await gate;
    }
    return real(file);
  });
  undo.push(() => letGo());
  return { arrived, letGo: () => letGo() };
}

const wanted = { cutout: 'true' };
const start = async (fields: Record<string, string> = wanted): Promise<Asset> =>
  upload(session, { name: `disc-${++seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg', fields });
const replace = (id: number, bytes: Buffer): Promise<Asset> =>
  upload(session, { name: 'new.jpg', bytes, type: 'image/jpeg', replace: id });
const remove = async (id: number) => {
  await request(session.url, 'DELETE', `/api/upload/files/${id}`, { bearer: session.token });
  await until('its files are swept', () => app.cutout.sweepSoon.pending() === 0);
};
const settledAsset = async (id: number): Promise<Asset> => {
  await idle(app);
  return findAsset(session, id);
};
/** SHA-256 of an asset's bytes as they are now: Strapi may have encoded them anew. */
const sourceOf = async (asset: Asset) => {
  const bytes = Buffer.from(await (await fetch(session.url + asset.url)).arrayBuffer());
  return { source: createHash('sha256').update(bytes).digest('hex') };
};
const versionOf = async (id: number) =>
  ((await app.strapi.db.query(ASSET).findOne({ where: { fileId: id } })) as AssetRow).version;
const reasonsOf = (jobs: JobRow[]) =>
  jobs.map(({ state, reasonCode }) => (reasonCode ? `${state} ${reasonCode}` : state));
const namesOf = (asset: Asset) =>
  [asset.url, ...Object.values(asset.formats ?? {}).map(({ url }: { url: string }) => url)].map((url) =>
    path.basename(url),
  );

/** What is on disk and in the table of stored files is what the assets refer to, no more and no less. */
async function expectNoOrphans(): Promise<void> {
  const assets = (await request(session.url, 'GET', '/api/upload/files', { bearer: session.token })) as Asset[];
  const mattes = (await app.strapi.db.query(MATTE).findMany()) as MatteRow[];
  expect(app.uploads()).toEqual([...assets.flatMap(namesOf), ...mattes.map(({ hash, ext }) => hash + ext)].sort());
  const cutouts = assets.flatMap(namesOf).filter((name) => name.includes('_cutout_'));
  expect((await storedRows(app)).map(({ hash, ext }) => hash + ext).sort()).toEqual(cutouts.sort());
}
afterEach(async () => {
  await idle(app);
  await expectNoOrphans();
});

describe('an asset whose bytes are replaced', () => {
  it('gets a new cutout under a new address, and the old files go', async () => {
    const { id } = await start();
    const before = await settledAsset(id);
    const version = await versionOf(id);
    await replace(id, await disc(1000));
    const after = await settledAsset(id);
    expect(after.url).toBe(before.url);
    expect(after.formats?.cutout.url).not.toBe(before.formats?.cutout.url);
    expect(after.formats?.cutout.cutout).toMatchObject(await sourceOf(after));
    expect(after.formats?.cutout_matte.cutout).toMatchObject(await sourceOf(after));
    expect(await versionOf(id)).toBe(version + 1);
    expect(reasonsOf(await jobsOf(app, id))).toEqual(['done', 'done']);
  });

  it('drops what a job made of the old bytes that was running then', async () => {
    const hold = holdUpload();
    const { id } = await start();
    await hold.arrived;
    await replace(id, await disc(1001));
    hold.letGo();
    const after = await settledAsset(id);
    expect(after.formats?.cutout.cutout).toMatchObject(await sourceOf(after));
    expect(reasonsOf(await jobsOf(app, id))).toEqual(['skipped job.stale', 'done']);
    expect(app.logs.filter((line) => line.startsWith('error') && line.includes('job.stale'))).toEqual([]);
  });

  it('drops it too when it is done just before the row of the new bytes is written', async () => {
    const hold = holdUpload();
    const { id } = await start();
    await hold.arrived;
    const unsubscribe = app.strapi.db.lifecycles.subscribe({
      models: [FILE],
      // After the plugin's own subscriber: its version is counted, the row still has the old bytes' formats.
      beforeUpdate: async () => {
        hold.letGo();
        await until('the job has ended', async () => (await jobsOf(app, id))[0]?.state !== 'running');
      },
    });
    undo.push(unsubscribe);
    await replace(id, await disc(1002));
    const after = await settledAsset(id);
    expect((await jobsOf(app, id))[0]).toMatchObject({ state: 'skipped', reasonCode: 'job.stale' });
    expect(after.formats?.cutout.cutout).toMatchObject(await sourceOf(after));
  });

  it('keeps none of the old variants when the new bytes get no cutout', async () => {
    const { id } = await start();
    await settledAsset(id);
    const frames = Buffer.concat([Buffer.alloc(3072, 10), Buffer.alloc(3072, 200)]);
    const gif = await sharp(frames, { raw: { width: 32, height: 64, channels: 3, pageHeight: 32 } })
      .gif()
      .toBuffer();
    await upload(session, { name: 'new.gif', bytes: gif, type: 'image/gif', replace: id });
    const after = await settledAsset(id);
    expect(Object.keys(after.formats ?? {}).filter((key) => key.startsWith('cutout'))).toEqual([]);
    expect(reasonsOf(await jobsOf(app, id))).toEqual(['done', 'skipped source.animated']);
  });

  it('twice at once ends with the cutout of the bytes it has', async () => {
    const { id } = await start();
    await Promise.all([replace(id, await disc(1003)), replace(id, await disc(1004))]);
    const after = await settledAsset(id);
    expect(after.formats?.cutout.cutout).toMatchObject(await sourceOf(after));
  });

  it('may opt out with its new bytes', async () => {
    const { id } = await start();
    await settledAsset(id);
    await upload(session, {
      name: 'new.jpg',
      bytes: await disc(1005),
      type: 'image/jpeg',
      replace: id,
      fields: { cutout: 'false' },
    });
    expect(Object.keys((await settledAsset(id)).formats ?? {})).toEqual(['thumbnail']);
  });
});

const rowsOf = async (id: number) => [
  ...(await Promise.all([ASSET, JOB].map((uid) => app.strapi.db.query(uid).count({ where: { fileId: id } })))),
  (await storedRows(app)).filter(({ fileId }) => fileId === id).length,
];

describe('an asset that is deleted', () => {
  it('takes its files and all its rows with it', async () => {
    const { id } = await start({ cutout: 'default,card,thumb' });
    expect(Object.keys((await settledAsset(id)).formats ?? {})).toHaveLength(6);
    await remove(id);
    expect(await rowsOf(id)).toEqual([0, 0, 0]);
  });

  it.each([
    ['while its matte is on the way to the provider', /_cutout_matte_/],
    ['while its last variant is', /_cutout_[0-9a-f]{14}$/],
  ])('%s leaves nothing', async (_when, matching) => {
    const hold = holdUpload(matching);
    const { id } = await start();
    await hold.arrived;
    await remove(id);
    hold.letGo();
    await until('the job has ended', () => app.cutout.queue.running() === 0);
    expect(await rowsOf(id)).toEqual([0, 0, 0]);
    expect(app.uploads().filter((name) => name.includes(`disc-${seed}`))).toEqual([]);
  });

  it('before its job began leaves nothing', async () => {
    const hold = holdUpload();
    const other = holdUpload();
    const blockers = [await start(), await start()];
    await Promise.all([hold.arrived, other.arrived]);
    const { id } = await start();
    await remove(id);
    hold.letGo();
    other.letGo();
    for (const blocker of blockers) expect((await settledAsset(blocker.id)).formats?.cutout).toBeDefined();
    expect(await rowsOf(id)).toEqual([0, 0, 0]);
  });
});

describe('cutouts that are removed in the admin', () => {
  const removeCutouts = (id: number) => request(session.url, 'DELETE', `/cutout/assets/${id}`, { bearer: session.jwt });

  it('go with their files, and do not come back by themselves', async () => {
    const { id } = await start();
    await settledAsset(id);
    const { data } = await removeCutouts(id);
    expect(data).toMatchObject({ state: 'none', variants: [] });
    await replace(id, await disc(1006));
    expect(Object.keys((await settledAsset(id)).formats ?? {})).toEqual(['thumbnail']);
  });

  it('while their job runs are not made by it', async () => {
    const hold = holdUpload();
    const { id } = await start();
    await hold.arrived;
    await removeCutouts(id);
    hold.letGo();
    await until('the job has ended', () => app.cutout.queue.running() === 0);
    expect(Object.keys((await findAsset(session, id)).formats ?? {})).toEqual(['thumbnail']);
  });
});

describe('a job', () => {
  it('that another worker took over commits nothing, and the other’s end is the only one', async () => {
    const hold = holdUpload();
    const { id } = await start();
    await hold.arrived;
    const data = { leaseToken: 'another', leaseUntil: new Date(Date.now() + 800) };
    await app.strapi.db.query(JOB).updateMany({ where: { fileId: id }, data });
    hold.letGo();
    const [job] = await until('it is done', async () => {
      const jobs = await jobsOf(app, id);
      return jobs[0]?.state === 'done' && jobs;
    });
    expect(job).toMatchObject({ attempts: 2 });
    expect((await settledAsset(id)).formats?.cutout).toBeDefined();
  });

  it('that the provider refused waits at no cost of attempts, and goes on from the matte it had stored', async () => {
    let refusals = 1;
    patch(
      'uploadStream',
      (real) => (file) =>
        /_cutout_[0-9a-f]{14}$/.test(file.hash) && refusals-- > 0 ? Promise.reject(new Error('disk full')) : real(file),
    );
    const { id } = await start();
    const waiting = await until('the job waits', async () => {
      const status = await assetStatus(session, id);
      return status.state === 'waiting' && status;
    });
    expect(waiting).toMatchObject({
      attempts: 0,
      reason: { code: 'store.failed', message: expect.stringMatching(/disk full/) },
    });
    expect(new Date(waiting.retryAt!).getTime()).toBeGreaterThan(Date.now());
    expect(await app.cutout.waiting.lookAgain(['store.failed'])).toBe(1);
    app.cutout.queue.wake();
    const after = await settledAsset(id);
    expect(after.formats?.cutout).toBeDefined();
    const [job] = await jobsOf(app, id);
    expect(job).toMatchObject({ state: 'done', attempts: 1, reasonCode: null });
    expect(job?.chosen?.why).toMatch(/was there already/);
    expect(job?.timings?.run).toBe(0);
  });

  it('that got through after a wait wakes the others that wait for the same', async () => {
    let away = true;
    patch(
      'uploadStream',
      (real) => (file) => (away && /_cutout_/.test(file.hash) ? Promise.reject(new Error('away')) : real(file)),
    );
    const ids = [(await start()).id, (await start()).id, (await start()).id];
    const states = async () => Promise.all(ids.map(async (id) => (await assetStatus(session, id)).state));
    await until('all wait', async () => (await states()).every((state) => state === 'waiting'));
    away = false;
    await app.cutout.waiting.scout(['store.failed']);
    app.cutout.queue.wake();
    await until('all are ready', async () => (await states()).every((state) => state === 'ready'));
  });

  it('of a matte whose storage cannot say where it is waits, and makes no other', async () => {
    const { id } = await start();
    await settledAsset(id);
    const { url } = (await app.strapi.db.query(MATTE).findOne({ orderBy: { id: 'desc' } })).format as StoredEntity;
    const file = path.join(app.dataDir, 'public', url);
    const { chmodSync, mkdirSync, renameSync } = await import('node:fs');
    // A folder in place of the file: reading it fails with something else than "not there", also for root.
    renameSync(file, `${file}.kept`);
    mkdirSync(file);
    chmodSync(file, 0o700);
    try {
      await request(session.url, 'POST', `/cutout/assets/${id}/run`, {
        bearer: session.jwt,
        json: { presets: ['card'] },
      });
      await until('it waits', async () => (await assetStatus(session, id)).state === 'waiting');
      expect((await assetStatus(session, id)).reason?.code).toBe('storage.unavailable');
    } finally {
      rmSync(file, { recursive: true });
      renameSync(`${file}.kept`, file);
    }
    await app.cutout.waiting.lookAgain(['storage.unavailable']);
    app.cutout.queue.wake();
    expect((await settledAsset(id)).formats?.cutout_card).toBeDefined();
    expect((await jobsOf(app, id)).at(-1)?.timings?.run).toBe(0);
  });

  it('that is forced leaves the old files until the new ones are there', async () => {
    const { id } = await start();
    const before = await settledAsset(id);
    const hold = holdUpload(/_cutout_[0-9a-f]{14}$/);
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: { force: true } });
    await hold.arrived;
    await app.cutout.sweeper.everything();
    for (const name of namesOf(before)) expect(app.uploads()).toContain(name);
    hold.letGo();
    const after = await settledAsset(id);
    expect(after.formats?.cutout.url).not.toBe(before.formats?.cutout.url);
    expect((await fetch(session.url + after.formats!.cutout.url)).status).toBe(200);
  });

  it('of a source that is gone is tried again, as a replace may be under way, then fails and says so', async () => {
    const { id, url } = await start({ cutout: 'false' });
    const file = path.join(app.dataDir, 'public', url);
    const bytes = await disc(seed);
    rmSync(file);
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
    await idle(app);
    const reason = { code: 'source.missing' };
    expect(await assetStatus(session, id)).toMatchObject({ state: 'failed', attempts: 3, reason });
    await replace(id, bytes);
    expect((await settledAsset(id)).formats?.cutout).toBeDefined();
  });
});

describe('the sweep', () => {
  it('tries again what the provider could not delete', async () => {
    const { id } = await start();
    await settledAsset(id);
    patch(
      'delete',
      (real) => (file) => (file.hash.includes('_cutout_') ? Promise.reject(new Error('away')) : real(file)),
    );
    await request(session.url, 'DELETE', `/cutout/assets/${id}`, { bearer: session.jwt });
    expect((await storedRows(app)).filter(({ fileId }) => fileId === id)).toHaveLength(3);
    expect(app.logs.some((line) => line.startsWith('warn') && line.includes('could not be deleted: away'))).toBe(true);
    for (const step of undo.splice(0)) step();
    expect(await app.cutout.sweeper.everything()).toBe(3);
  });

  it('deletes what an asset left that was removed past Strapi', async () => {
    const { id } = await start();
    const asset = await settledAsset(id);
    await app.strapi.db.connection('files').where({ id }).delete();
    expect(await rowsOf(id)).toEqual([0, 0, 3]);
    expect(await app.cutout.sweeper.everything()).toBe(3);
    for (const name of namesOf(asset).filter((each) => !each.includes('_cutout_'))) {
      rmSync(path.join(app.dataDir, 'public/uploads', name));
    }
  });

  it('gets to the end of a long table, past files that are in use', async () => {
    const { id } = await start();
    await settledAsset(id);
    const data = { fileId: 999_999, jobId: 999_999, key: 'cutout', ext: '.webp', engine: 'local', model: QUICK };
    const rows = Array.from({ length: 450 }, (_, index) => {
      const hash = `gone_${index}_cutout_x`;
      return { ...data, hash, format: { name: hash, hash, ext: '.webp', url: `/uploads/${hash}.webp` } };
    });
    for (let at = 0; at < rows.length; at += 50) {
      await app.strapi.db.query(STORED_FILE).createMany({ data: rows.slice(at, at + 50) });
    }
    expect(await app.cutout.sweeper.everything()).toBe(450);
    expect(await rowsOf(id)).toEqual([1, 1, 3]);
  });

  it('deletes a file that arrives when whoever sent it has ended', async () => {
    const row = { fileId: 999_998, jobId: 999_998, key: 'cutout', ext: '.webp', engine: 'local', model: QUICK };
    const { id } = (await app.strapi.db.query(STORED_FILE).create({ data: { ...row, hash: 'late_cutout_x' } })) as Row;
    const file = path.join(app.dataDir, 'public/uploads/late_cutout_x.webp');
    const found = () => app.strapi.db.query(STORED_FILE).findOne({ where: { id } });
    await app.cutout.sweeper.everything();
    writeFileSync(file, 'late');
    await app.cutout.sweeper.everything();
    expect(existsSync(file)).toBe(false);
    expect(await found()).not.toBeNull();
    const updatedAt = new Date(app.cutout.clock.now() - 11 * 60_000);
    await app.strapi.db.query(STORED_FILE).updateMany({ where: { id }, data: { updatedAt } });
    expect(await app.cutout.sweeper.everything()).toBe(1);
    expect(await found()).toBeNull();
  });

  it('keeps the files of an asset that an import gave another id, though a stranger has the old one', async () => {
    const { id } = await start();
    const asset = await settledAsset(id);
    const stranger = await start({ cutout: 'false' });
    const heir = id + 10_000;
    const files = () => app.strapi.db.connection('files');
    const row: unknown = await files().where({ id }).first();
    await files().where({ id }).delete();
    await files().insert({ ...(row as object), id: heir });
    await app.strapi.db.connection('cutout_files').where({ file_id: id }).update({ file_id: stranger.id });
    expect(await app.cutout.sweeper.everything()).toBe(0);
    expect((await fetch(session.url + asset.formats!.cutout.url)).status).toBe(200);
    expect((await storedRows(app)).filter(({ fileId }) => fileId === heir)).toHaveLength(3);
    await remove(heir);
    expect(await rowsOf(heir)).toEqual([0, 0, 0]);
  });
});

describe('replaces, saves, runs, removals and deletions at the same time', () => {
  it('end with each asset’s cutout made of the bytes it has, or with nothing of it', async () => {
    const random = seeded(20260);
    const assets = [await start(), await start(), await start({ cutout: 'card' })] as const;
    const [gone] = assets;
    const admin = (method: string, route: string, json?: unknown) =>
      request(session.url, method, `/cutout/assets/${route}`, { bearer: session.jwt, ...(json ? { json } : {}) });
    const acts: ((id: number) => Promise<unknown>)[] = [
      async (id) => replace(id, await disc(2000 + Math.floor(random() * 30))),
      (id) => createProduct(session, { title: 'x', photo: id, gallery: [id] }),
      (id) => admin('POST', `${id}/run`, { presets: ['thumb'] }),
      (id) => admin('POST', `${id}/run`, { presets: ['default'], force: true }),
      (id) => admin('DELETE', `${id}`),
      () => app.cutout.sweeper.everything(),
    ];
    const storm = assets.flatMap(({ id }) =>
      Array.from({ length: 12 }, async () => {
        await sleep(random() * 1500);
        // Strapi itself fails, and leaves the original, when an asset is deleted while its bytes are replaced.
        const possible = id === gone.id ? acts.slice(1) : acts;
        await possible[Math.floor(random() * possible.length)]!(id);
      }),
    );
    storm.push(sleep(900).then(() => remove(gone.id)));
    const refused = (await Promise.allSettled(storm)).flatMap((each) =>
      each.status === 'rejected' ? [String(each.reason)] : [],
    );
    // What came after the deletion finds no asset; nothing else is refused.
    expect(refused.filter((reason) => !/40[04]|no asset|Not Found|relation/i.test(reason))).toEqual([]);
    await idle(app);
    expect(app.logs.filter((line) => /went on without a cutout|could not be claimed|deadlock/i.test(line))).toEqual([]);
    expect(await rowsOf(gone.id)).toEqual([0, 0, 0]);
    for (const { id } of assets.slice(1)) {
      await admin('POST', `${id}/run`, { presets: ['default'] });
      const after = await settledAsset(id);
      const source = await sourceOf(after);
      for (const entry of Object.entries(after.formats!).flatMap(([key, value]) =>
        key.startsWith('cutout') ? [value] : [],
      ))
        expect(entry.cutout).toMatchObject(source);
    }
  }, 120_000);
});

describe('a private provider', () => {
  it('is read by signed addresses, which are never stored', async () => {
    const uploads = path.join(app.dataDir, 'public/uploads');
    const server = createServer((incoming, response) => {
      const url = new URL(incoming.url ?? '/', 'http://bucket');
      if (url.searchParams.get('signature') !== 'secret') return void response.writeHead(403).end();
      createReadStream(path.join(uploads, path.basename(url.pathname))).pipe(response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const bucket = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    undo.push(() => void server.close());
    patch('uploadStream', (real) => async (file) => {
      await real(file);
      file.url = `${bucket}/${file.hash}${file.ext}`;
    });
    patch('isPrivate', () => () => true);
    patch('getSignedUrl', () => (file) => ({ url: `${file.url.split('?')[0]}?signature=secret` }));

    const { id } = await start();
    await idle(app);
    await request(session.url, 'POST', `/cutout/assets/${id}/run`, {
      bearer: session.jwt,
      json: { presets: ['thumb'] },
    });
    await idle(app);
    const jobs = await jobsOf(app, id);
    expect(reasonsOf(jobs)).toEqual(['done', 'done']);
    expect(jobs[1]?.chosen?.why).toMatch(/was there already/);
    const row = (await app.strapi.db.query(FILE).findOne({ where: { id } })) as Asset;
    expect(JSON.stringify(row.formats)).not.toContain('signature');
    const status = await assetStatus(session, id);
    expect(status.variants).toHaveLength(3);
    for (const { url } of status.variants) expect((await fetch(url)).status).toBe(200);
    await remove(id);
    expect(await rowsOf(id)).toEqual([0, 0, 0]);
  });
});
