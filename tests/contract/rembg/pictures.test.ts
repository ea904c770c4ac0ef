import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { createRembgClient } from '../../../server/src/engines/remote';
import { packageRoot } from '../../../server/src/package-root';
import { createPool } from '../../../server/src/pool';
import { modelMatte } from '../../rembg-server/model-matte';
import { startRembgServer } from '../../rembg-server/server';
import { compareAlpha } from '../../support/compare-alpha';
import { describeIf } from '../../support/needs';
import { buildWorker } from '../../support/worker';

const root = packageRoot(__dirname);
const photos = join(root, '..', 'shared', 'photos');
const photo = join(photos, 'car-1.jpg');
const reference = join(photos, 'car-1.isnet.png');

describeIf(existsSync(reference), 'real photos: put photos and reference mattes into ../shared/photos')(
  'a real photo through the service with the local model behind it',
  () => {
    it('comes back as the matte that the model is known to make, and as the cutout of it', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'cutout-remote-'));
      const pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: buildWorker('rembg-pictures') });
      const matte = await modelMatte({ pool, cacheDir: join(root, '.cutout', 'models') });
      const server = await startRembgServer({ matte });
      const client = createRembgClient({ apiKey: server.keys.premium, apiUrl: server.apiUrl });
      try {
        const mask = await client.matte({ path: photo, output: join(folder, 'matte.png') });
        const cutout = join(folder, 'cutout.png');
        await client.removeBackground({ path: photo, options: { format: 'png' }, output: cutout });
        expect(mask).toMatchObject({ kind: 'png', mime: 'image/png' });
        expect(await sharp(mask.path ?? '').metadata()).toMatchObject({ channels: 1 });

        // The mask's grey as alpha, so that one measure serves both.
        const { data, info } = await sharp(mask.path ?? '')
          .toColourspace('b-w')
          .raw()
          .toBuffer({ resolveWithObject: true });
        const grey = { raw: { width: info.width, height: info.height, channels: 1 as const } };
        const fromMask = join(folder, 'from-mask.png');
        const white = { width: info.width, height: info.height, channels: 3 as const, background: '#fff' };
        await sharp(await sharp({ create: white }).png().toBuffer())
          .joinChannel(data, grey)
          .png()
          .toFile(fromMask);

        for (const made of [cutout, fromMask]) {
          const distance = await compareAlpha(made, reference, photo);
          expect(distance.sameSizeAsPhoto).toBe(true);
          expect(distance.meanError).toBeLessThan(0.02);
          expect(distance.overlap).toBeGreaterThan(0.97);
        }
        expect(server.credits.charged()).toBe(2);
      } finally {
        await client.close();
        await server.stop();
        await pool.destroy();
        rmSync(folder, { recursive: true });
      }
    }, 120_000);
  },
);
