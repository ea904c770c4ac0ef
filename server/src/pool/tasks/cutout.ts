import { join } from 'node:path';
import { assess } from '../../imaging/confidence';
import { decode, refuseTransparent } from '../../imaging/decode';
import { forJudging, readMatte, writeMatte } from '../../imaging/matte';
import type { Plane, Raster } from '../../imaging/raster';
import { inspectSource } from '../../imaging/source';
import type { CutoutResult, CutoutTask, MatteReport } from '../contract';
import type { PictureFile } from '../../imaging/picture';
import { createForegrounds, finishOf, type Foregrounds } from './foreground';
import { requireMakeable } from './foresee';
import { dropUnused } from './memory';
import { createRecent } from './recent';
import { loadRuntime } from './runtime';
import { createStopwatch, type Stopwatch } from './stopwatch';
import { writeVariants } from './variants';

/** Of a task that made the matte only, for the one that composes from it. Both may lie for seconds, so they are bounded. */
const KEEP_UP_TO_PIXELS = 40e6;
const rasters = createRecent<Raster>();
const mattes = createRecent<Plane>();

/**
 * A picture's way from its file to its variants: checked, decoded, matte (run or read), lifted, composed, encoded.
 * Throws the errors of each step; files written before a failure stay for the caller to remove with `outDir`.
 */
export async function cutout(asked: CutoutTask): Promise<CutoutResult> {
  const task = withoutRefine(asked);
  const watch = createStopwatch();
  const source = await inspectSource(task.source, task.limits);
  await requireMakeable(task.variants, source, task.limits.maxPixels);
  const raster = await rasters.get(task.source, () => decode(source));
  refuseTransparent(raster, task.limits.transparencyThreshold);
  watch.lap('decode');
  const { matte, remark } = await obtainMatte(task, raster, watch);
  const pixels = raster.width * raster.height;
  // The next task is of another picture, or this one is too large to lie about.
  if (task.variants.length > 0 || pixels > KEEP_UP_TO_PIXELS) rasters.clear();
  dropUnused(pixels);
  const fresh = task.matte.kind === 'model';
  const foregrounds = createForegrounds(raster, matte, { fresh, spend: isLastUse(task) });
  const file = task.writeMatte ? saveMatte(foregrounds, task) : Promise.resolve(null);
  // Awaited last: it is packed in another thread meanwhile, and a failure must not go unheard.
  file.catch(() => undefined);
  const written = writeVariants(task, foregrounds, watch);
  // While libvips brings the matte to the picture's size, in a thread of its own.
  const judged = judge(matte, raster);
  judged.catch(() => undefined);
  const variants = await written;
  const saved = await file;
  const report = await judged;
  watch.lap('encode');
  return {
    source: { width: source.width, height: source.height, format: source.format },
    matte: { file: saved, ...report },
    remark,
    variants,
    timings: watch.timings(),
  };
}

/** Whether all variants are of one layer, made of the same matte as the one to be written, if there is one. */
function isLastUse({ variants, refine, writeMatte }: CutoutTask): boolean {
  const finishes = new Set(variants.map((variant) => JSON.stringify(finishOf(variant, refine))));
  const refines = variants.every((variant) => finishOf(variant, refine).refine === refine);
  return finishes.size === 1 && (refines || !writeMatte);
}

/** The least effort leaves the model's matte as it is. */
function withoutRefine(task: CutoutTask): CutoutTask {
  return task.matte.kind === 'model' && task.matte.effort === 'fast' ? { ...task, refine: false } : task;
}

type Obtained = { matte: Plane; remark: string | null };

async function obtainMatte(task: CutoutTask, raster: Raster, watch: Stopwatch): Promise<Obtained> {
  if (task.matte.kind === 'file') {
    const { path } = task.matte;
    const matte = await mattes.get(path, () => readMatte(path));
    mattes.clear();
    watch.lap('matte');
    return { matte, remark: null };
  }
  const { makeMatte } = await loadRuntime();
  const { matte, sessionMs, runMs, remark } = await makeMatte(task.matte, raster);
  watch.lap('matte');
  watch.move('matte', { session: sessionMs, run: runMs });
  return { matte, remark };
}

async function judge(matte: Plane, { width, height }: Raster): Promise<Omit<MatteReport, 'file'>> {
  const plane = await forJudging(matte);
  const { confidence, subject, focalPoint } = assess(plane);
  if (!subject) return { confidence, subject, focalPoint };
  const x = width / plane.width;
  const y = height / plane.height;
  const left = Math.floor(subject.left * x);
  const top = Math.floor(subject.top * y);
  return {
    confidence,
    focalPoint,
    subject: {
      left,
      top,
      width: Math.min(width, Math.ceil((subject.left + subject.width) * x)) - left,
      height: Math.min(height, Math.ceil((subject.top + subject.height) * y)) - top,
    },
  };
}

async function saveMatte(foregrounds: Foregrounds, { refine, outDir, variants }: CutoutTask): Promise<PictureFile> {
  const matte = await foregrounds.matte(refine);
  const path = join(outDir, 'matte.png');
  const bytes = await writeMatte(matte, path);
  if (variants.length === 0 && matte.data.length <= KEEP_UP_TO_PIXELS) await mattes.put(path, matte);
  return { path, ext: '.png', mime: 'image/png', width: matte.width, height: matte.height, bytes };
}
