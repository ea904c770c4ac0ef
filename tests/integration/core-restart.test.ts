import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Asset, assetStatus, createProduct, findAsset, type Session } from '../../scripts/lib/client';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { bootCore, type CoreApp, type CoreOptions, idle, jobsOf, listen, storedRows, upload } from '../support/core';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

/** One database through several starts: each test continues where the one before it stopped. */
let folder: string;
let modelsDir: string;
let weights: string;
let rightWeights: Buffer;
let app: CoreApp | null = null;
let dataDir: string | undefined;
let session: Session | undefined;
const ids: number[] = [];

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-restart-'));
  ({ modelsDir, weights } = writeQuickModel(path.join(folder, 'models')));
  rightWeights = readFileSync(weights);
  rmSync(weights);
});
afterEach(stop);
afterAll(() => {
  if (dataDir) rmSync(dataDir, { recursive: true, force: true });
  rmSync(folder, { recursive: true, force: true });
});

async function stop(): Promise<void> {
  await app?.stop();
  app = null;
}

async function start(config: Record<string, unknown> = {}, options: CoreOptions = {}): Promise<CoreApp> {
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache'), download: false };
  app = await bootCore({
    config: { local, rules: { everything: true }, ...config },
    ...(dataDir ? { dataDir } : {}),
    ...options,
  });
  dataDir = app.dataDir;
  return app;
}
async function serve(config?: Record<string, unknown>): Promise<{ app: CoreApp; session: Session }> {
  const started = await start(config);
  session = await listen(started, session);
  return { app: started, session };
}
const put = async (to: Session, seed: number): Promise<Asset> => {
  const asset = await upload(to, { name: `disc-${seed}.jpg`, bytes: await disc(seed), type: 'image/jpeg' });
  ids.push(asset.id);
  return asset;
};

const waits = (to: Session, id: number) =>
  until('the job waits', async () => (await assetStatus(to, id)).state === 'waiting');

describe('a start', () => {
  it('without the model’s file takes uploads, and their jobs say which file is missing and what helps', async () => {
    const { app, session } = await serve();
    const asset = await put(session, 1);
    expect(asset.formats).not.toBeNull();
    await waits(session, asset.id);
    const status = await assetStatus(session, asset.id);
    expect(status).toMatchObject({ state: 'waiting', attempts: 0, reason: { code: 'model.missing' } });
    expect(status.reason?.message).toContain('quick.onnx');
    expect(status.reason?.message).toContain(modelsDir);
    await createProduct(session, { title: 'goes on', photo: asset.id });
    expect(await jobsOf(app, asset.id)).toHaveLength(1);
  }, 60_000);

  it('with a corrupt one does too, and names the hashes', async () => {
    writeFileSync(weights, 'no weights');
    const { session } = await serve();
    const asset = await put(session, 2);
    await waits(session, asset.id);
    const { state, reason } = await assetStatus(session, asset.id);
    expect({ state, code: reason?.code }).toEqual({ state: 'waiting', code: 'model.corrupt' });
    expect(reason?.message).toMatch(/quick\.onnx.*[0-9a-f]{64}.*[0-9a-f]{64}/s);
    const first = await until('the first looked again', async () => {
      const status = await assetStatus(session, ids[0]!);
      return status.reason?.code === 'model.corrupt' && status;
    });
    expect(first.state).toBe('waiting');
  }, 60_000);

  it('with the right one makes up for what failed for want of it', async () => {
    writeFileSync(weights, rightWeights);
    const { app, session } = await serve();
    await idle(app);
    for (const id of ids) {
      expect(await assetStatus(session, id)).toMatchObject({
        state: 'ready',
        reason: null,
        engine: 'local',
        model: QUICK,
      });
      expect(Object.keys((await findAsset(session, id)).formats ?? {}).sort()).toEqual([
        'cutout',
        THUMBNAIL_KEY,
        'cutout_matte',
        'thumbnail',
      ]);
    }
  }, 60_000);

  it('goes on with a job that a stop gave back', async () => {
    const first = await serve();
    const provider = first.app.strapi.plugin('upload').provider;
    const real = provider.uploadStream;
    let arrived = false;
    let underWay = 0;
    provider.uploadStream = async (file: { hash: string }) => {
      underWay += 1;
      if (file.hash.includes('_cutout_')) {
        arrived = true;
        await sleep(500);
      }
      await real(file);
      underWay -= 1;
    };
    const { id } = await put(first.session, 3);
    await until('its pictures are being stored', () => arrived);
    await stop();
    // Else it came after the next holder of the job had deleted what was not there yet.
    expect(underWay).toBe(0);

    const { app, session } = await serve();
    await idle(app);
    expect(await assetStatus(session, id)).toMatchObject({ state: 'ready', attempts: 1, reason: null });
    const asset = await findAsset(session, id);
    const names = [asset.url, ...Object.values(asset.formats!).map(({ url }: { url: string }) => url)].map((url) =>
      path.basename(url),
    );
    expect(app.uploads().filter((name) => name.includes('disc_3'))).toEqual(names.sort());
  }, 90_000);

  it('without the plugin keeps its tables', async () => {
    const bare = await start({}, { enabled: false });
    const count = async (table: string) => {
      const [row] = await bare.strapi.db.connection<object, { count: number | string }[]>(table).count({ count: '*' });
      return Number(row?.count);
    };
    expect([await count('cutout_jobs'), await count('cutout_assets'), await count('cutout_files')]).toEqual([3, 3, 9]);
    await stop();
    const again = await start();
    expect((await jobsOf(again, ids[0]!))[0]).toMatchObject({ state: 'done', presets: ['default'] });
    expect(await storedRows(again)).toHaveLength(9);
  }, 90_000);

  it('with other options for a preset composes it anew at the next save, from the stored matte', async () => {
    const { app, session } = await serve({ presets: { default: { format: 'png', bg_color: '#ff0000' }, thumb: {} } });
    const [id] = ids as [number];
    const before = await findAsset(session, id);
    await createProduct(session, { title: 'saved', photo: id });
    await idle(app);
    const after = await findAsset(session, id);
    expect(after.formats?.cutout).toMatchObject({ ext: '.png', mime: 'image/png' });
    expect(after.formats?.cutout_matte).toEqual(before.formats?.cutout_matte);
    expect(app.uploads()).not.toContain(path.basename(before.formats!.cutout.url));
    const jobs = await jobsOf(app, id);
    expect(jobs).toHaveLength(2);
    expect(jobs[1]).toMatchObject({ state: 'done', chosen: { why: expect.stringMatching(/was there already/) } });
    expect(jobs[1]?.timings?.run).toBe(0);
    await createProduct(session, { title: 'saved again', photo: id });
    await idle(app);
    expect(await jobsOf(app, id)).toHaveLength(2);
  }, 60_000);
});
