import { extname } from 'node:path';
import type { CutoutApp } from '../../app';
import { CutoutError, type FieldIssue } from '../../errors';
import type { PictureFile } from '../../imaging/picture';
import { limited } from '../../limit';
import type { ComposeOptions } from '../../options';
import { priorityOf } from '../../words';
import type { RembgForm, UploadedImage } from './body';
import { ALLOWED_TYPES, imageIssues, MAX_SIDE } from './refusals';

type Parts = Pick<CutoutApp, 'config' | 'pool' | 'localModel'>;

/** The kinds that `ALLOWED_TYPES` stand for; what the bytes say decides. */
const KINDS = ['webp', 'bmp', 'png', 'jpeg'];
/** What a child says of a file that is none of these. */
const NO_PICTURE = ['source.not-an-image', 'source.unsupported', 'source.svg'];
/** A header may claim what it likes here; the sides are judged first, and the pixels when the cutout is made. */
const ANY_PIXELS = Number.MAX_SAFE_INTEGER;

/** The first thing wrong with the upload, in the documents' order; a picture child looks at its header. */
export async function findImageIssue(
  { pool, config }: Parts,
  image: RembgForm['image'],
  { maxBytes, signal }: { maxBytes: number; signal: AbortSignal },
): Promise<FieldIssue | null> {
  if (image === null) return imageIssues.noImage();
  if (image.name === '') return imageIssues.noFile();
  const type = extname(image.name).toLowerCase();
  if (!ALLOWED_TYPES.includes(type.slice(1))) return imageIssues.type(type);
  if (image.bytes === 0) return imageIssues.empty();
  if (image.bytes > maxBytes) return imageIssues.size(image.bytes, maxBytes);
  const limits = { maxPixels: ANY_PIXELS, transparencyThreshold: null };
  try {
    const { format, width, height } = await pool.run(
      'inspect',
      { source: image.path, limits },
      { timeoutMs: config.local.jobTimeoutMs, signal, priority: priorityOf('api') },
    );
    if (!KINDS.includes(format)) return imageIssues.signature();
    if (width > MAX_SIDE) return imageIssues.width(width);
    return height > MAX_SIDE ? imageIssues.height(height) : null;
  } catch (error) {
    if (error instanceof CutoutError && NO_PICTURE.includes(error.code)) return imageIssues.signature();
    throw error;
  }
}

/**
 * One run of the model and one picture, in a picture child. Who calls gets a picture in any case: one in which the model
 * finds nothing is composed of what there is, and one that is transparent already is cut out again.
 */
export async function makePicture(
  { config, pool, localModel }: Parts,
  image: UploadedImage,
  { options, outDir, signal }: { options: ComposeOptions; outDir: string; signal: AbortSignal },
): Promise<PictureFile> {
  const timeoutMs = config.local.jobTimeoutMs;
  const model = await limited(timeoutMs, signal, () => localModel.load());
  const { variants } = await pool.run(
    'cutout',
    {
      source: image.path,
      matte: { ...model, noSubject: 'keep' },
      limits: { ...config.limits, transparencyThreshold: null },
      refine: config.refine,
      outDir,
      writeMatte: false,
      variants: [{ key: 'cutout', options }],
    },
    { timeoutMs, signal, priority: priorityOf('api') },
  );
  const [picture] = variants;
  if (!picture) throw new CutoutError('worker.failed', 'The picture process made no picture.');
  return picture;
}
