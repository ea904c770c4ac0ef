import { writeFileSync } from 'node:fs';
import { membershipSchema } from '../../server/src/engines/remote/membership';
import { errorFromAnswer, retryTime } from '../../server/src/engines/remote/answer-errors';
import { CutoutError, type ErrorCode } from '../../server/src/errors';
import { isAnimatedPng } from '../../server/src/imaging/apng';
import { decode } from '../../server/src/imaging/decode';
import { planCanvas, rotatedSize } from '../../server/src/imaging/geometry';
import { isGifWhole } from '../../server/src/imaging/gif-frame';
import { readJpegScans } from '../../server/src/imaging/jpeg-scans';
import { inspectSource } from '../../server/src/imaging/source';
import { encodeAlpha } from '../../server/src/imaging/webp/alpha-chunk';
import { joinWebp } from '../../server/src/imaging/webp/container';
import { optionsHash, parseComposeOptions } from '../../server/src/options';
import sharp from 'sharp';
import { pick, type Random } from '../fixtures/random';
import { anyObject, anyValue, mutated } from './mutate';
import type { Seeds } from './seeds';

/** One parser under test: makes an input, runs it, and throws where its answer is wrong. */
export interface Target {
  name: string;
  /** Codes that its input may end in; anything else is a finding. */
  codes: ErrorCode[];
  /** @param path where it may write its input */
  run(random: Random, path: string): Promise<void>;
}

const SOURCE_CODES: ErrorCode[] = [
  'source.empty',
  'source.truncated',
  'source.not-an-image',
  'source.too-many-pixels',
  'source.svg',
  'source.animated',
  'source.unsupported',
];
const LIMITS = { maxPixels: 4e6 };

export function targetsOf(seeds: Seeds): Target[] {
  const readAll = (list: readonly Buffer[]) => async (random: Random, path: string) => {
    writeFileSync(path, mutated(random, list));
    const source = await inspectSource(path, LIMITS);
    const { width, height, rgb, alpha } = await decode(source);
    const pixels = width * height;
    if (rgb.length !== pixels * 3 || (alpha && alpha.length !== pixels)) throw new Error('pixels are missing');
  };
  const onFile = (list: readonly Buffer[], read: (path: string) => Promise<unknown>) => {
    return async (random: Random, path: string) => {
      writeFileSync(path, mutated(random, list));
      await read(path);
    };
  };
  return [
    { name: 'pictures', codes: SOURCE_CODES, run: readAll(seeds.pictures) },
    { name: 'BMP', codes: SOURCE_CODES, run: readAll(seeds.bmps) },
    { name: 'APNG', codes: [], run: onFile(seeds.pngs, isAnimatedPng) },
    { name: 'JPEG scans', codes: [], run: onFile(seeds.pictures, readJpegScans) },
    { name: 'GIF codes', codes: [], run: onFile(seeds.pictures, isGifWhole) },
    { name: 'WebP alpha', codes: [], run: (random) => alphaComesBack(random, seeds.lossyWebps) },
    { name: 'options', codes: ['options.invalid'], run: options },
    { name: 'answers', codes: [], run: answers },
  ];
}

const runLengths = (random: Random, length: number): Buffer => {
  const plane = Buffer.alloc(length);
  for (let at = 0; at < length;) {
    const next = at + 1 + Math.floor(random() * 90);
    plane.fill(pick(random, [0, 255, Math.floor(random() * 256)]), at, Math.min(length, next));
    at = next;
  }
  return plane;
};

/** What the own encoder writes, libwebp reads back value for value. */
async function alphaComesBack(random: Random, lossy: readonly Buffer[]): Promise<void> {
  const file = pick(random, lossy);
  const { width, height } = await sharp(file).metadata();
  const alpha = runLengths(random, width * height);
  const whole = joinWebp({ colors: file, alpha: encodeAlpha(alpha, width, height), profile: null }, width, height);
  const back = await sharp(whole).extractChannel('alpha').raw().toBuffer();
  if (!back.equals(alpha)) throw new Error('alpha came back changed');
}

const NAMES = [
  ...['format', 'quality', 'lossless', 'w', 'h', 'exact_resize', 'bg_color', 'bg_image', 'angle', 'expand', 'mask'],
  ...['trim', 'margin', 'scale', 'position', 'shadow', 'sizes', 'refine', 'decontaminate', 'opacity', 'blur', 'x', 'y'],
];

async function options(random: Random): Promise<void> {
  const input = random() < 0.8 ? anyObject(random, NAMES) : anyValue(random, NAMES);
  const parsed = parseComposeOptions(input);
  if (!parsed.ok) return;
  const again = parseComposeOptions(JSON.parse(JSON.stringify(parsed.options)));
  if (!again.ok || optionsHash(again.options) !== optionsHash(parsed.options))
    throw new Error('options change on the way');
  const { canvas } = planCanvas({ width: 64, height: 48 }, { left: 5, top: 6, width: 7, height: 8 }, parsed.options);
  const { width, height } = rotatedSize(canvas, parsed.options.angle, parsed.options.expand);
  if (!(width >= 1 && height >= 1)) throw new Error(`a canvas of ${width} × ${height}`);
}

const ANSWER_NAMES = [
  'error',
  'message',
  'detail',
  'loc',
  'msg',
  'billingCycles',
  'creditsUsed',
  'start',
  'end',
  'image',
];
const STATUSES = [200, 400, 401, 403, 404, 413, 422, 429, 500, 502, 503];

async function answers(random: Random): Promise<void> {
  const value = anyValue(random, ANSWER_NAMES);
  membershipSchema.safeParse(value);
  const text =
    random() < 0.7 ? (JSON.stringify(value) ?? '') : mutated(random, [Buffer.from('{"error":"x"}')]).toString('latin1');
  const header = pick(random, ['', '1', '-5', '9'.repeat(40), 'Wed, 21 Oct 2065 07:28:00 GMT', 'soon']);
  const at = retryTime(header, 0);
  if (at !== null && !Number.isFinite(at)) throw new Error(`a time to try again of ${at}`);
  const answer = { status: pick(random, STATUSES), text, retryAfter: header, date: undefined };
  const error = errorFromAnswer(answer, { paid: random() < 0.5, sent: random() < 0.5, now: 0 });
  if (!(error instanceof CutoutError)) throw new Error('an answer became no error of the service');
}
