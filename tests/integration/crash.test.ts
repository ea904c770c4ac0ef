import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { writeScene } from '../fixtures/files';
import {
  type App,
  type Asset,
  assetStatus,
  childrenOf,
  createProduct,
  cutoutConfig,
  findAsset,
  request,
  residentMb,
  type Session,
  settled,
  startApp,
  startWithSession,
  uploadPhoto,
  uploadsOf,
} from '../support/app';
import { describeIf } from '../support/needs';
import { until } from '../support/until';

const minutes = 60_000;
const env = cutoutConfig({ jobs: { leaseMs: 3000, pollMs: 500, retryDelayMs: 100 } });
let folder: string;
let photo: string;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-crash-'));
  ({ photo } = await writeScene({ kind: 'plant', seed: 8, width: 4000, height: 3000 }, folder, 'plant'));
}, 2 * minutes);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Uploads the photo into the product's field and waits until its job runs. */
async function startJob(session: Session): Promise<Asset> {
  const product = await createProduct(session, { title: 'Plant' });
  const asset = await uploadPhoto(session, photo, {
    ref: 'api::product.product',
    refId: String(product.id),
    field: 'photo',
  });
  await until('the job runs', async () => (await assetStatus(session, asset.id)).state === 'running');
  return asset;
}

/** Names of the stored files that an asset's row refers to. */
const namesOf = ({ url, formats }: Asset) =>
  [url, ...Object.values(formats ?? {}).map((format: { url: string }) => format.url)].map((each) =>
    path.basename(each),
  );

/** A matte has a file of its own beside the copy that its asset has. */
const isOwnFile = (name: string) => name.startsWith('cutout_matte_');
const assetFilesOf = (app: App) => uploadsOf(app).filter((name) => !isOwnFile(name));

describeIf(process.platform === 'linux', 'crashes of processes: run on Linux')('when a process is killed', () => {
  it.each([0, 1500, 3000])(
    'makes the cutout once, without orphaned files, after kill -9 of Strapi %i ms into the job',
    async (delay) => {
      const { app, session } = await startWithSession({ env });
      let revived: App | null = null;
      try {
        const asset = await startJob(session);
        await sleep(delay);
        const children = childrenOf(app.pid);
        await app.kill();
        await until(
          'the picture children have ended with Strapi',
          () => children.every((pid) => !isRunning(pid)),
          20_000,
        );

        revived = await startApp({ port: app.port, dataDir: app.dataDir, env });
        const status = await settled(session, asset.id);
        expect(status).toMatchObject({ state: 'ready', reason: null });
        expect(status.variants.map(({ key }) => key).sort()).toEqual(['cutout', 'cutout_matte']);
        const expected = namesOf(await findAsset(session, asset.id)).sort();
        expect(new Set(expected).size).toBe(expected.length);
        await until(
          `only ${expected.join(', ')} are stored`,
          () => JSON.stringify(assetFilesOf(app)) === JSON.stringify(expected),
          30_000,
        ).catch(() => expect(assetFilesOf(app)).toEqual(expected));
        // The matte's own file, and one that was on its way when the process was killed: it is swept later.
        const mattes = uploadsOf(app).filter(isOwnFile);
        expect(mattes.length).toBeGreaterThanOrEqual(1);
        expect(mattes.length).toBeLessThanOrEqual(2);
      } finally {
        await revived?.stop();
        await app.kill();
        app.remove();
      }
    },
    5 * minutes,
  );

  it(
    'retries the job whose child was killed, and answers all the while',
    async () => {
      const { app, session } = await startWithSession({ env });
      try {
        const asset = await startJob(session);
        // A child that has not yet loaded the model may have no task to lose.
        const child = await until('a picture child works', () =>
          childrenOf(app.pid).find((pid) => residentMb(pid) > 200),
        );
        process.kill(child, 'SIGKILL');

        const waits: number[] = [];
        const status = await until('the job is done', async () => {
          const start = performance.now();
          await request(app.url, 'GET', '/api/products', { bearer: session.token, timeoutMs: 5000 });
          waits.push(performance.now() - start);
          const now = await assetStatus(session, asset.id);
          return ['ready', 'failed'].includes(now.state) && now;
        });
        expect(status).toMatchObject({ state: 'ready', attempts: 2 });
        expect(Math.max(...waits)).toBeLessThan(1000);
        expect(app.process.exitCode).toBeNull();
        expect(childrenOf(app.pid)).not.toContain(child);
      } finally {
        await app.stop();
        app.remove();
      }
    },
    3 * minutes,
  );

  it(
    'ends the picture children when Strapi is stopped',
    async () => {
      const { app, session } = await startWithSession({ env });
      try {
        await startJob(session);
        const children = await until('a picture child works', () => {
          const pids = childrenOf(app.pid);
          return pids.length > 0 && pids;
        });
        await app.stop();
        expect(await app.exited).toEqual({ code: 0, signal: null });
        await until('the picture children have ended', () => children.every((pid) => !isRunning(pid)), 10_000);
      } finally {
        await app.kill();
        app.remove();
      }
    },
    3 * minutes,
  );
});

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
