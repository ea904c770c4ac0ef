import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../../server/src/engines/local/cards';
import { resolveWeights } from '../../../server/src/engines/local/weights';
import { packageRoot } from '../../../server/src/package-root';
import { createPool } from '../../../server/src/pool';
import { distanceToReference } from '../../support/compare-alpha';
import { describeIf } from '../../support/needs';
import { buildWorker } from '../../support/worker';

const root = packageRoot(__dirname);
const photos = join(root, '..', 'shared', 'photos');
const minutes = 60_000;

describeIf(
  existsSync(join(photos, 'car-1.isnet.png')),
  'mattes beside Python rembg: put photos and reference mattes into ../shared/photos',
)('the plain matte of a real photo', () => {
  const outDir = mkdtempSync(join(tmpdir(), 'cutout-parity-'));
  const pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: buildWorker('parity') });
  afterAll(async () => {
    await pool.destroy();
    rmSync(outDir, { recursive: true, force: true });
  });

  const grey = (file: string): Promise<Buffer> => sharp(file).toColourspace('b-w').extractChannel(0).raw().toBuffer();

  test.each(['car-1', 'anime-girl-1'])(
    'is that of Python rembg with the same model: %s',
    async (name) => {
      const card = findCard('isnet-fp16');
      const weights = await resolveWeights(card, { modelsDir: null, cacheDir: join(root, '.cutout', 'models') });
      const task = {
        source: join(photos, `${name}.jpg`),
        matte: {
          kind: 'model' as const,
          card,
          weights,
          threads: 2,
          executionProviders: ['cpu'],
          noSubject: 'skip' as const,
          effort: 'balanced' as const,
        },
        limits: { maxPixels: 1e7, transparencyThreshold: null },
        refine: false,
        outDir,
        writeMatte: true,
        variants: [],
      };
      const { matte } = await pool.run('cutout', task, { timeoutMs: 2 * minutes });
      const reference = await grey(join(photos, `${name}.isnet.png`));
      const { meanError, overlap } = distanceToReference(await grey(matte.file!.path), reference);
      expect(meanError).toBeLessThanOrEqual(0.003);
      expect(overlap).toBeGreaterThanOrEqual(0.99);
    },
    3 * minutes,
  );
});
