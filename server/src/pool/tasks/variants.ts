import { join } from 'node:path';
import { CutoutError } from '../../errors';
import type { Background } from '../../imaging/background';
import { compose, composeMask } from '../../imaging/compose';
import type { Composed } from '../../imaging/raster';
import { encode } from '../../imaging/encode';
import { FILE_TYPES } from '../../imaging/file-types';
import { smallerSizes, thumbnailWidth } from '../../imaging/sizes';
import type { ComposeOptions } from '../../options/schema';
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
    const smaller = await writeSmaller(picture, variant, task);
    const files = [await write(picture, variant.key, variant.options, task), ...smaller];
    watch.lap('encode');
    written.set(variant, files);
  }
  return task.variants.flatMap((variant) => written.get(variant) ?? []);
}

/** Its sizes, the smallest first, and then its thumbnail. */
async function writeSmaller(picture: Composed, variant: VariantRequest, task: CutoutTask): Promise<Variants> {
  const { key, options, thumbnailKey } = variant;
  const thumbnailed = thumbnailKey === undefined ? null : thumbnailWidth(picture);
  const sizes: Variants = [];
  const thumbnails: Variants = [];
  const widths = new Set([...options.sizes, ...(thumbnailed === null ? [] : [thumbnailed])]);
  for await (const size of smallerSizes(picture, [...widths])) {
    if (options.sizes.includes(size.width)) sizes.unshift(await write(size, `${key}_${size.width}`, options, task));
    if (thumbnailKey && size.width === thumbnailed)
      thumbnails.push(await write(size, thumbnailKey, AS_THUMBNAIL, task));
  }
  return [...sizes, ...thumbnails];
}

const AS_THUMBNAIL = { format: 'webp', lossless: false } as const;

async function composed(
  variant: VariantRequest,
  task: CutoutTask,
  foregrounds: Foregrounds,
  watch: Stopwatch,
): Promise<Composed> {
  const { options, mostPixels } = variant;
  const finish = finishOf(variant, task.refine);
  if (options.mask) {
    const alpha = await foregrounds.alpha(finish.refine);
    watch.lap('matte');
    return composeMask(alpha, options, mostPixels);
  }
  const background = backgroundOf(variant, task);
  const layer = await foregrounds.layer(finish);
  watch.lap('matte');
  return compose(layer, options, background, mostPixels);
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
  options: Pick<ComposeOptions, 'format' | 'quality' | 'lossless'>,
  { outDir }: CutoutTask,
): Promise<Variants[number]> {
  const { ext, mime } = FILE_TYPES[options.format];
  const path = join(outDir, `${key}${ext}`);
  const bytes = await encode(picture, options, path);
  return { key, path, ext, mime, width: picture.width, height: picture.height, bytes };
}
