import { join } from 'node:path';
import { assess } from '../../imaging/confidence';
import { decode, refuseTransparent } from '../../imaging/decode';
import { forJudging, readMatte, writeMatte } from '../../imaging/matte';
import type { Plane, Raster } from '../../imaging/raster';
import { inspectSource } from '../../imaging/source';
import type { CutoutResult, CutoutTask, MatteReport, PictureFile } from '../contract';
import { createForegrounds, type Foregrounds } from './foreground';
import { dropUnused } from './memory';
import { loadRuntime } from './runtime';
import { createStopwatch, type Stopwatch } from './stopwatch';
import { writeVariants } from './variants';

/**
 * A picture's way from its file to its variants: checked, decoded, matte (run or read), lifted, composed, encoded.
 * Throws the errors of each step; files written before a failure stay for the caller to remove with `outDir`.
 */
export async function cutout(task: CutoutTask): Promise<CutoutResult> {
  const watch = createStopwatch();
  const source = await inspectSource(task.source, task.limits);
  const raster = await decode(source);
  refuseTransparent(raster, task.limits.transparencyThreshold);
  watch.lap('decode');
  const matte = await obtainMatte(task, raster, watch);
  dropUnused(raster.width * raster.height);
  const report = await judge(matte, raster);
  const foregrounds = createForegrounds(raster, matte);
  const file = task.writeMatte ? saveMatte(foregrounds, task) : Promise.resolve(null);
  // Awaited last: it is packed in another thread meanwhile, and a failure must not go unheard.
  file.catch(() => undefined);
  const variants = await writeVariants(task, foregrounds, watch);
  const saved = await file;
  watch.lap('encode');
  return {
    source: { width: source.width, height: source.height, format: source.format },
    matte: { file: saved, ...report },
    variants,
    timings: watch.timings(),
  };
}

async function obtainMatte(task: CutoutTask, raster: Raster, watch: Stopwatch): Promise<Plane> {
  if (task.matte.kind === 'file') {
    const matte = await readMatte(task.matte.path);
    watch.lap('matte');
    return matte;
  }
  const { runModel } = await loadRuntime();
  const { matte, sessionMs, runMs } = await runModel(task.matte, raster);
  watch.lap('matte');
  watch.move('matte', { session: sessionMs, run: runMs });
  return matte;
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

async function saveMatte(foregrounds: Foregrounds, { refine, outDir }: CutoutTask): Promise<PictureFile> {
  const matte = await foregrounds.matte(refine);
  const path = join(outDir, 'matte.png');
  const bytes = await writeMatte(matte, path);
  return { path, ext: '.png', mime: 'image/png', width: matte.width, height: matte.height, bytes };
}
