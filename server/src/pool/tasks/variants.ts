import { join } from 'node:path';
import { CutoutError } from '../../errors';
import type { Background } from '../../imaging/background';
import { compose, composeMask } from '../../imaging/compose';
import type { Composed } from '../../imaging/raster';
import { encode, FILE_TYPES } from '../../imaging/encode';
import { smallerSizes } from '../../imaging/sizes';
import type { CutoutResult, CutoutTask, VariantRequest } from '../contract';
import { finishOf, type Foregrounds } from './foreground';
import type { Stopwatch } from './stopwatch';

type Variants = CutoutResult['variants'];

/** Composes and writes every variant, those that share a foreground after each other; answers in the order asked. */
export async function writeVariants(task: CutoutTask, foregrounds: Foregrounds, watch: Stopwatch): Promise<Variants> {
  const written = new Map<VariantRequest, Variants>();
  const finish = (variant: VariantRequest): string => JSON.stringify(finishOf(variant, task.refine));
  const inTurn = [...task.variants].sort((a, b) => (finish(a) < finish(b) ? -1 : finish(a) > finish(b) ? 1 : 0));
  for (const variant of inTurn) {
    const picture = await composed(variant, task, foregrounds, watch);
    watch.lap('compose');
    const smaller: Variants = [];
    for await (const size of smallerSizes(picture, variant.options.sizes)) {
      smaller.unshift(await write(size, `${variant.key}_${size.width}`, variant, task));
    }
    const files = [await write(picture, variant.key, variant, task), ...smaller];
    watch.lap('encode');
    written.set(variant, files);
  }
  return task.variants.flatMap((variant) => written.get(variant) ?? []);
}

async function composed(
  variant: VariantRequest,
  task: CutoutTask,
  foregrounds: Foregrounds,
  watch: Stopwatch,
): Promise<Composed> {
  const { options } = variant;
  const finish = finishOf(variant, task.refine);
  if (options.mask) {
    const alpha = await foregrounds.alpha(finish.refine);
    watch.lap('matte');
    return composeMask(alpha, options);
  }
  const background = backgroundOf(variant, task);
  const layer = await foregrounds.layer(finish);
  watch.lap('matte');
  return compose(layer, options, background);
}

function backgroundOf(
  { key, options, backgroundPath }: VariantRequest,
  { limits }: CutoutTask,
): Background | undefined {
  if (backgroundPath !== undefined) return { path: backgroundPath, maxPixels: limits.maxPixels };
  if (options.bg_image === undefined) return undefined;
  throw new CutoutError('options.invalid', `The variant "${key}" asks for 'bg_image', but its picture was not found.`);
}

async function write(
  picture: Composed,
  key: string,
  { options }: VariantRequest,
  { outDir }: CutoutTask,
): Promise<Variants[number]> {
  const { ext, mime } = FILE_TYPES[options.format];
  const path = join(outDir, `${key}${ext}`);
  const bytes = await encode(picture, options, path);
  return { key, path, ext, mime, width: picture.width, height: picture.height, bytes };
}
