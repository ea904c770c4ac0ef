import { CutoutError } from '../../errors';
import { decode, refuseTransparent } from '../../imaging/decode';
import { fitWithin, writeReadable, type Readable } from '../../imaging/readable';
import { MIME_TYPES } from '../../imaging/signature';
import { inspectSource, type SourceFacts } from '../../imaging/source';
import type { ConvertResult, ConvertTask } from '../contract';

/** A picture of any readable kind may be larger than what a local cutout allows; a bomb may not. */
const MAX_PIXELS = 1e9;
/** Each try halves the pixels of the last: 50 MB always hold one of them. */
const MAX_TRIES = 8;

/**
 * Makes a picture that a remote service can read: upright, within its sides and bytes, JPEG, or PNG where there is
 * transparency. An original that is all that already is left alone. Throws `source.*`.
 */
export async function convert(task: ConvertTask): Promise<ConvertResult> {
  const source = await inspectSource(task.source, { maxPixels: task.limits?.maxPixels ?? MAX_PIXELS });
  // To its last pixel: half a picture has a good header, and its matte would be paid for.
  if (task.limits) refuseTransparent(await decode(source), task.limits.transparencyThreshold);
  const { width, height, format } = source;
  const facts = { width, height, format };
  if (isFine(source, task)) return { file: original(source), converted: false, source: facts };
  return { file: await converted(source, task), converted: true, source: facts };
}

function isFine({ width, height, format, orientation, bytes }: SourceFacts, task: ConvertTask): boolean {
  const { accept, maxWidth, maxHeight, maxBytes } = task;
  const fits = width <= maxWidth && height <= maxHeight && bytes <= maxBytes;
  // Not every service turns a picture by its EXIF; its matte would then not fit.
  return fits && orientation === 1 && accept.includes(format);
}

function original({ path, format, width, height, bytes }: SourceFacts): ConvertResult['file'] {
  return { path, ext: `.${format}`, mime: MIME_TYPES[format], width, height, bytes };
}

async function converted(source: SourceFacts, task: ConvertTask): Promise<ConvertResult['file']> {
  const format: Readable = source.hasAlpha ? 'png' : 'jpeg';
  const ext = format === 'png' ? '.png' : '.jpg';
  const path = `${task.output}${ext}`;
  let size = fitWithin(source, { width: task.maxWidth, height: task.maxHeight });
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const bytes = await writeReadable(source, size, format, path);
    if (bytes <= task.maxBytes) return { path, ext, mime: MIME_TYPES[format], ...size, bytes };
    // The matte of a smaller picture is lifted to the original's size like any other.
    size = fitWithin(size, { width: size.width * Math.SQRT1_2, height: size.height * Math.SQRT1_2 });
  }
  throw new CutoutError('source.too-large', `The picture cannot be brought below ${task.maxBytes} bytes.`);
}
