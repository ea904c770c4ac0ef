import { join } from 'node:path';
import sharp from 'sharp';
import { runModel } from '../../engines/local/session';
import { compose } from '../../imaging/compose';
import { assess } from '../../imaging/confidence';
import { decode, refuseTransparent } from '../../imaging/decode';
import { decontaminate } from '../../imaging/decontaminate';
import { FILE_TYPES, withEncoder } from '../../imaging/encode';
import { lift } from '../../imaging/lift';
import { applyOwnAlpha, readMatte } from '../../imaging/matte';
import type { Plane } from '../../imaging/raster';
import { inspectSource } from '../../imaging/source';
import type { CutoutResult, CutoutTask, PictureFile } from '../contract';

export async function cutout(task: CutoutTask): Promise<CutoutResult> {
  const timings = { decode: 0, session: 0, run: 0, matte: 0, compose: 0, encode: 0 };
  let mark = performance.now();
  const lap = (step: keyof typeof timings): void => {
    const now = performance.now();
    timings[step] += now - mark;
    mark = now;
  };
  const source = await inspectSource(task.source, task.limits);
  const raster = await decode(source);
  refuseTransparent(raster, task.limits.transparencyThreshold);
  lap('decode');
  let matte: Plane;
  if (task.matte.kind === 'model') {
    const run = await runModel(task.matte, raster);
    matte = run.matte;
    timings.session = run.sessionMs;
    timings.run = run.runMs;
    mark = performance.now();
  } else {
    matte = await readMatte(task.matte.path);
  }
  const report = assess(matte);
  const alpha = await lift(matte, raster, { refine: task.refine });
  applyOwnAlpha(alpha, raster);
  const rgb = await decontaminate(raster, alpha);
  lap('matte');
  const { width, height } = raster;
  const variants: CutoutResult['variants'] = [];
  for (const variant of task.variants) {
    const canvas = await compose({ width, height, rgb, alpha: alpha.data }, variant.options);
    lap('compose');
    const { ext, mime } = FILE_TYPES[variant.options.format];
    const path = join(task.outDir, `${variant.key}${ext}`);
    const info = await withEncoder(canvas.picture, variant.options, canvas.width * canvas.height).toFile(path);
    variants.push({ key: variant.key, path, ext, mime, width: info.width, height: info.height, bytes: info.size });
    lap('encode');
  }
  const file = task.writeMatte ? await writeMatte(alpha, join(task.outDir, 'matte.png')) : null;
  lap('encode');
  const sx = width / matte.width;
  const sy = height / matte.height;
  const subject = report.subject && {
    left: Math.round(report.subject.left * sx),
    top: Math.round(report.subject.top * sy),
    width: Math.round(report.subject.width * sx),
    height: Math.round(report.subject.height * sy),
  };
  return {
    source: { width, height, format: source.format },
    matte: { file, confidence: report.confidence, subject, focalPoint: report.focalPoint },
    variants,
    timings: Object.fromEntries(
      Object.entries(timings).map(([step, value]) => [step, Math.round(value)]),
    ) as typeof timings,
  };
}

async function writeMatte(alpha: Plane, path: string): Promise<PictureFile> {
  const { width, height, data } = alpha;
  const info = await sharp(data, { raw: { width, height, channels: 1 }, limitInputPixels: false })
    .toColourspace('b-w')
    .png({ compressionLevel: 2 })
    .toFile(path);
  return { path, ext: '.png', mime: 'image/png', width, height, bytes: info.size };
}
