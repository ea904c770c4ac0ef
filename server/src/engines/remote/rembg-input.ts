import { basename } from 'node:path';
import { CutoutError, type FieldIssue } from '../../errors';
import { isSendableKey } from './address';
import type { RemoveOptions } from './remove-background';

/** A path, the bytes, or base64 with or without a `data:` prefix. */
export type InputImage = string | Buffer | { base64: string };

export interface RembgOptions {
  /** `webp` when left out. Any other name is passed over, as the published client does. */
  format?: 'webp' | 'png' | 'WEBP' | 'PNG';
  /** Give a `data:` URL instead of a file. */
  returnBase64?: boolean;
  /** Only the alpha mask. */
  returnMask?: boolean;
  /** Target size in pixels; the aspect ratio is kept. 0 means not set. */
  w?: number;
  h?: number;
  /** Exactly w × h, may distort. */
  exact_resize?: boolean;
  /** Degrees, −360…360. */
  angle?: number;
  /** Enlarge the canvas so that a rotated picture is not cropped; `true` when left out. */
  expand?: boolean;
  /** Hex (`#RGB`, `#RGBA`, `#RRGGBB`, `#RRGGBBAA`) or a colour's name. */
  bg_color?: string;
}

/** What `rembg()` was given, as a request. */
export interface RembgInput {
  apiKey: string;
  image: { path: string | Buffer; name?: string };
  options: RemoveOptions;
  base64: boolean;
}

/**
 * Accepts and refuses what `rembg` of the published client does, which takes a good deal more than its types say.
 * Values that it sends are left to the service to judge.
 * @throws CutoutError `options.invalid` with each wrong parameter in `details`
 */
export function readRembgInput(given: { apiKey?: unknown; inputImage?: unknown; options?: unknown }): RembgInput {
  const issues: FieldIssue[] = [];
  const refuse = (field: string, expected: string, received: unknown) =>
    void issues.push({ field, message: `Expected ${expected} for ${field} but received ${nameOf(received)}.` });

  const key = typeof given.apiKey === 'string' ? given.apiKey.trim() : '';
  if (key === '') refuse('apiKey', 'the API key of a Rembg account', 'none');
  else if (!isSendableKey(key)) refuse('apiKey', 'an API key of printable ASCII characters', 'others');
  const image = readImage(given.inputImage, refuse);
  // The published client reads no option of anything that has none.
  const options = Object(given.options ?? {}) as Record<string, unknown>;
  const fields = readOptions(options, refuse);
  const base64 = spelled('returnBase64', options.returnBase64, refuse) !== undefined && Boolean(options.returnBase64);

  if (issues.length === 0 && image) return { apiKey: key, image, options: fields, base64 };
  throw new CutoutError('options.invalid', issues.map(({ message }) => message).join(' '), { details: issues });
}

type Refuse = (field: string, expected: string, received: unknown) => void;

function readImage(image: unknown, refuse: Refuse): RembgInput['image'] | null {
  // The service judges a file by the ending of its name, so a path keeps its own.
  if (typeof image === 'string' && image !== '' && !image.includes('\0')) return { path: image, name: basename(image) };
  if (Buffer.isBuffer(image)) return { path: image };
  const text = typeof image === 'object' && image !== null && 'base64' in image ? image.base64 : undefined;
  const data = typeof text === 'string' && text.startsWith('data:') ? text.split(',')[1] : text;
  if (typeof data === 'string') return { path: Buffer.from(data, 'base64') };
  if (typeof text === 'string') refuse('inputImage', 'a data: URL with a comma before its data', 'one without');
  else if (typeof image === 'string') refuse('inputImage', 'a path', image === '' ? 'an empty text' : 'a null byte');
  else refuse('inputImage', 'a path, a Buffer or { base64 }', image);
  return null;
}

function readOptions(options: Record<string, unknown>, refuse: Refuse): RemoveOptions {
  const fields: Record<string, string | undefined> = {
    format: readFormat(options.format, refuse),
    w: plain('w', options.w, 'a whole number', refuse),
    h: plain('h', options.h, 'a whole number', refuse),
    exact_resize: spelled('exact_resize', options.exact_resize, refuse),
    mask: spelled('returnMask', options.returnMask, refuse),
    angle: spelled('angle', options.angle, refuse),
    expand: spelled('expand', options.expand, refuse),
    bg_color: plain('bg_color', options.bg_color, 'a colour', refuse),
  };
  for (const side of ['w', 'h']) if (fields[side] === '0') fields[side] = undefined;
  // They go into a form, where all is text; what the text means is the service's to say.
  return fields;
}

function readFormat(format: unknown, refuse: Refuse): 'png' | 'webp' | undefined {
  if (format === undefined || format === null) return undefined;
  if (typeof format !== 'string') return void refuse('options.format', '"webp" or "png"', format);
  return format.toLowerCase() === 'png' ? 'png' : 'webp';
}

/** Text, a number or null: what the published client's form can carry. */
function plain(name: string, value: unknown, expected: string, refuse: Refuse): string | undefined {
  if (value === undefined) return undefined;
  if (typeof value === 'string' || typeof value === 'number' || value === null) return String(value);
  return void refuse(`options.${name}`, expected, value);
}

/** Anything that can be spelled out. */
function spelled(name: string, value: unknown, refuse: Refuse): string | undefined {
  if (value === undefined) return undefined;
  const { toString } = (value ?? {}) as { toString?: () => string };
  if (value !== null && typeof toString === 'function') return toString.call(value);
  return void refuse(`options.${name}`, 'a value or nothing at all', value);
}

function nameOf(received: unknown): string {
  if (typeof received === 'string') return received;
  if (received === null || received === undefined) return String(received);
  return Array.isArray(received) ? 'an array' : `a value of type ${typeof received}`;
}
