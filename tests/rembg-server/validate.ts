import { extname } from 'node:path';
import colorNames from 'color-name';
import { sniff } from './picture';
import { problem, type Problem } from './rows';

/** What a valid request asks for. */
export interface Wish {
  image: Buffer;
  format: 'png' | 'jpeg' | 'webp' | 'bmp';
  w: number | null;
  h: number | null;
  exactResize: boolean;
  mask: boolean;
  /** Red, green, blue and alpha, 0…255. */
  background: [number, number, number, number] | null;
  /** Degrees, counter-clockwise. */
  angle: number;
  expand: boolean;
}

const MEGABYTE = 1024 * 1024;
const maxMegabytes = 50;
const maxSide = 10000;
const allowedTypes = ['webp', 'bmp', 'png', 'jpg', 'jpeg'];
const allowedFormats = ['PNG', 'JPEG', 'WEBP', 'BMP'];

/** Checks one form the way the documents say: every problem is collected, not only the first. */
export async function validate(form: FormData): Promise<{ wish: Wish } | { problems: Problem[] }> {
  const problems: Problem[] = [];
  const note = (found: Problem | null) => void (found && problems.push(found));
  const text = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value.trim() : '';
  };

  const file = form.get('image');
  let image: Buffer = Buffer.alloc(0);
  if (file === null || typeof file === 'string') note(problem('no-image'));
  else if (file.name === '') note(problem('no-file'));
  else {
    image = Buffer.from(await file.arrayBuffer());
    note(await imageProblem(file.name, image));
  }

  const w = side('w', text('w'), note);
  const h = side('h', text('h'), note);
  const angle = degrees(text('angle'), note);
  const format = text('format') === '' ? 'WEBP' : text('format').toUpperCase();
  if (!allowedFormats.includes(format)) {
    note(problem('bad-format', `Invalid format '${text('format')}'. Allowed formats: ${allowedFormats.join(', ')}`));
  }
  const colour = text('bg_color');
  const background = colour === '' ? null : parseColour(colour);
  if (colour !== '' && !background) {
    note(problem('bad-color', `Invalid color format '${colour}'. Use hex format: #RGB, #RGBA, #RRGGBB, or #RRGGBBAA`));
  }
  const mask = flag(text('mask'), false);
  if (mask && colour !== '') note(problem('mask-with-color'));

  if (problems.length > 0) return { problems };
  const exactResize = flag(text('exact_resize'), false);
  const expand = flag(text('expand'), true);
  return {
    wish: { image, format: format.toLowerCase() as Wish['format'], w, h, exactResize, mask, background, angle, expand },
  };
}

async function imageProblem(name: string, image: Buffer): Promise<Problem | null> {
  const type = extname(name).toLowerCase();
  if (!allowedTypes.includes(type.slice(1))) {
    return problem(
      'unsupported-type',
      `File type '${type}' is not supported. Allowed formats: ${allowedTypes.join(', ')}`,
    );
  }
  if (image.length === 0) return problem('empty-file');
  if (image.length > maxMegabytes * MEGABYTE) {
    const size = (image.length / MEGABYTE).toFixed(1);
    return problem('too-large', `File size (${size} MB) exceeds the maximum allowed size of ${maxMegabytes} MB.`);
  }
  const header = await sniff(image);
  if (!header) return problem('corrupt-image');
  if (header.width > maxSide) {
    return problem('too-wide', `Image width (${header.width}px) exceeds the maximum allowed width of ${maxSide}px.`);
  }
  if (header.height > maxSide) {
    return problem('too-tall', `Image height (${header.height}px) exceeds the maximum allowed height of ${maxSide}px.`);
  }
  return null;
}

/** OPEN in the documents: rembg.js sends 0 for a side the caller left out, so 0 is read as "not set". */
function side(name: 'w' | 'h', given: string, note: (found: Problem) => void): number | null {
  if (given === '') return null;
  if (!/^[+-]?\d+$/.test(given)) {
    note(problem('size-not-integer', `'${name}' must be an integer, got: '${given}'`, name));
    return null;
  }
  const value = Number.parseInt(given, 10);
  if (value === 0) return null;
  if (value < 1) note(problem('size-too-small', `'${name}' must be at least 1, got: ${value}`, name));
  if (value > maxSide) note(problem('size-too-large', `'${name}' must be at most ${maxSide}, got: ${value}`, name));
  return value;
}

function degrees(given: string, note: (found: Problem) => void): number {
  if (given === '') return 0;
  const value = Number(given);
  if (!/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(given)) {
    note(problem('angle-not-number', `'angle' must be a number, got: '${given}'`));
    return 0;
  }
  if (Math.abs(value) > 360) {
    // The service prints Python floats: a whole number keeps its ".0".
    const shown = Number.isInteger(value) ? value.toFixed(1) : String(value);
    note(problem('angle-out-of-range', `'angle' must be between -360 and 360 degrees, got: ${shown}`));
  }
  return value;
}

function flag(given: string, absent: boolean): boolean {
  return given === '' ? absent : ['true', '1'].includes(given.toLowerCase());
}

function parseColour(given: string): Wish['background'] {
  const hex = /^#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})$/i.exec(given)?.[1];
  if (hex) {
    const long = hex.length < 6 ? [...hex].map((digit) => digit + digit).join('') : hex;
    const [r = 0, g = 0, b = 0, a = 255] = (long.match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16));
    return [r, g, b, a];
  }
  const named = Object.entries(colorNames).find(([name]) => name === given.toLowerCase())?.[1];
  return named ? [named[0], named[1], named[2], 255] : null;
}
