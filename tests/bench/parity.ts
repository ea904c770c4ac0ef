import { existsSync } from 'node:fs';
import path from 'node:path';
import sharp from 'sharp';
import { findCard } from '../../server/src/engines/local/cards';
import { distanceToReference } from '../support/compare-alpha';
import { cut, options, round, type Measurement, type Setting } from './setting';

/** Of the model in full precision: what resampling and arithmetic may cost. */
const MAX_ERROR = 0.003;
const MIN_OVERLAP = 0.99;
/** So much more the same weights in 8 bits may be off. */
const MAX_WORSE = 0.001;
const photos = ['car-1', 'anime-girl-1'];

interface Distance {
  mae: number;
  iou: number;
}

async function grey(file: string): Promise<Buffer> {
  return sharp(file).toColourspace('b-w').extractChannel(0).raw().toBuffer();
}

async function distance(setting: Setting, folder: string, name: string): Promise<Distance> {
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
  const figures: Record<string, { full: Distance; eightBits: Distance }> = {};
  const full = { ...setting, model: { ...setting.model, card: findCard('isnet-fp16') } };
  for (const name of photos) {
    setting.say(`6: ${name}`);
    figures[name] = {
      full: await distance(full, folder, name),
      eightBits: await distance(setting, folder, name),
    };
  }
  const worse = ({ full, eightBits }: (typeof figures)[string]) => round(eightBits.mae - full.mae, 4);
  const holds = (each: (typeof figures)[string]) =>
    each.full.mae <= MAX_ERROR && each.full.iou >= MIN_OVERLAP && worse(each) <= MAX_WORSE;
  return {
    title,
    holds: Object.values(figures).every(holds),
    figures,
    rows: Object.entries(figures).flatMap(([name, each]): Measurement['rows'] => [
      [`${name}, isnet-fp16`, `MAE ${each.full.mae}, IoU ${each.full.iou}`, `MAE ≤ ${MAX_ERROR}, IoU ≥ ${MIN_OVERLAP}`],
      [
        `${name}, isnet-int8`,
        `MAE ${each.eightBits.mae}, IoU ${each.eightBits.iou}`,
        `MAE at most ${MAX_WORSE} worse: ${worse(each)}`,
      ],
    ]),
  };
}
