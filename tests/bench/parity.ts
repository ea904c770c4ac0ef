import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { distanceToReference } from '../support/compare-alpha';
import { cut, options, round, type Measurement, type Setting } from './setting';

const MAX_ERROR = 0.003;
const MIN_OVERLAP = 0.99;
const photos = ['car-1', 'anime-girl-1'];

async function grey(file: string): Promise<Buffer> {
  return sharp(file).toColourspace('b-w').extractChannel(0).raw().toBuffer();
}

async function distance(setting: Setting, folder: string, name: string): Promise<{ mae: number; iou: number }> {
  const pool = setting.pool();
  try {
    const mask = options({ mask: true, format: 'png', refine: false });
    const { result } = await cut(setting, pool, path.join(folder, `${name}.jpg`), { options: mask, refine: false });
    const [ours, reference] = await Promise.all([
      grey(result.variants[0]!.path),
      grey(path.join(folder, `${name}.isnet.png`)),
    ]);
    const { meanError, overlap } = distanceToReference(ours, reference);
    return { mae: round(meanError, 4), iou: round(overlap, 4) };
  } finally {
    await pool.destroy();
  }
}

/** Figure 6: distance to the reference mattes beside the repository; skipped where they are missing. */
export async function measureParity(setting: Setting): Promise<Measurement> {
  const title = "Distance to Python rembg's ISNet mattes, without refine";
  const folder = path.resolve(setting.root, '..', 'shared', 'photos');
  if (!existsSync(folder)) {
    const rows: Measurement['rows'] = [['skipped', 'no folder ../shared/photos', '']];
    return { title, holds: null, figures: { skipped: true }, rows };
  }
  const figures: Record<string, { mae: number; iou: number }> = {};
  for (const name of photos) {
    setting.say(`6: ${name}`);
    figures[name] = await distance(setting, folder, name);
  }
  return {
    title,
    holds: Object.values(figures).every(({ mae, iou }) => mae <= MAX_ERROR && iou >= MIN_OVERLAP),
    figures,
    rows: Object.entries(figures).map(([name, { mae, iou }]) => [
      name,
      `MAE ${mae}, IoU ${iou}`,
      `MAE ≤ ${MAX_ERROR}, IoU ≥ ${MIN_OVERLAP}`,
    ]),
  };
}
