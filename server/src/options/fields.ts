import { z } from 'zod';
import { formatColor, parseColor } from './color';
import { formatMargin, formatPosition, MAX_MARGIN_PERCENT, MAX_MARGIN_PX, parseMargin, parsePosition } from './lengths';
import { pythonFloat, pythonRepr } from './python';

/**
 * One builder per kind of option. Each takes what JSON gives and what a form gives ('true', '1', '800'), treats an
 * empty field as left out, and speaks Rembg's sentences where Rembg has one (reference: its error table).
 */

/** Forms send fields that were left empty; so does JSON with null. Both mean "not given". */
const given = (value: unknown): unknown =>
  value === null || (typeof value === 'string' && value.trim() === '') ? undefined : value;

const INTEGER = /^\s*[+-]?\d+\s*$/;
const DECIMAL = /^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/i;
const numeric = (pattern: RegExp) => (value: unknown) => {
  const present = given(value);
  const number = typeof present === 'string' && pattern.test(present) ? Number(present) : present;
  // −0 is 0, but JSON and comparisons do not agree on it.
  return number === 0 ? 0 : number;
};

export function integer(name: string, min: number, max: number) {
  const error = (issue: { input?: unknown }) => `'${name}' must be an integer, got: ${pythonRepr(issue.input)}`;
  return (
    z
      .number({ error })
      .refine(Number.isSafeInteger, { error, abort: true })
      .min(min, { error: (issue) => `'${name}' must be at least ${min}, got: ${String(issue.input)}` })
      .max(max, { error: (issue) => `'${name}' must be at most ${max}, got: ${String(issue.input)}` })
      // A refinement says nothing to JSON Schema.
      .meta({ type: 'integer' })
  );
}

export const integerText = numeric(INTEGER);

/** A side length: 0 means "not set", because Rembg's own client sends 0 for what its caller left out. */
export function side(name: string) {
  const unset = (value: unknown): unknown => {
    const number = integerText(value);
    return number === 0 ? undefined : number;
  };
  return z.preprocess(unset, integer(name, 1, 10_000).optional());
}

export function number(name: string, min: number, max: number, range: string) {
  const error = (issue: { input?: unknown }) => `'${name}' must be a number, got: ${pythonRepr(issue.input)}`;
  const between = (issue: { input?: unknown }) =>
    `'${name}' must be between ${range}, got: ${pythonFloat(issue.input as number)}`;
  return z.number({ error }).min(min, { error: between }).max(max, { error: between });
}

export const numberText = numeric(DECIMAL);

const WORDS: Record<string, boolean> = { true: true, false: false, '1': true, '0': false };

export const booleanText = (value: unknown): unknown => {
  const present = given(value);
  if (typeof present !== 'string' && typeof present !== 'number') return present;
  return WORDS[String(present).trim().toLowerCase()] ?? present;
};

export function flag(name: string, fallback: boolean) {
  return z.preprocess(
    booleanText,
    z
      .boolean({ error: (issue) => `'${name}' must be true or false, got: ${pythonRepr(issue.input)}` })
      .default(fallback),
  );
}

/** Text in one of several spellings, kept in the one that `format` writes. */
function spelled<T>(
  parse: (text: string) => T | null,
  format: (value: T) => string,
  message: (input: unknown) => string,
) {
  const canonical = (value: unknown): unknown => {
    const present = given(value);
    const text = typeof present === 'number' ? String(present) : present;
    const parsed = typeof text === 'string' ? parse(text) : null;
    return parsed === null ? present : format(parsed);
  };
  const error = (issue: { input?: unknown }) => message(issue.input);
  return z.preprocess(
    canonical,
    z
      .string({ error })
      .refine((text) => parse(text) !== null, { error })
      .optional(),
  );
}

export function color() {
  const shown = (input: unknown): string => (typeof input === 'string' ? pythonRepr(input) : `'${pythonRepr(input)}'`);
  return spelled(
    parseColor,
    formatColor,
    (input) => `Invalid color format ${shown(input)}. Use hex format: #RGB, #RGBA, #RRGGBB, or #RRGGBBAA`,
  );
}

export function margin(name: string) {
  return spelled(
    parseMargin,
    formatMargin,
    (input) =>
      `'${name}' must be 1, 2 or 4 lengths in px (at most ${MAX_MARGIN_PX}) or % (at most ${MAX_MARGIN_PERCENT}), ` +
      `like '20px' or '5% 10%', got: ${pythonRepr(input)}`,
  );
}

export function position(name: string) {
  return spelled(
    parsePosition,
    formatPosition,
    (input) =>
      `'${name}' must be a place like 'center' or 'bottom left', or one or two percentages from 0% to 100%, ` +
      `got: ${pythonRepr(input)}`,
  );
}

export const FORMATS = ['webp', 'png', 'jpeg', 'bmp', 'avif'] as const;

export function format() {
  const known = (value: unknown): unknown => {
    const present = given(value);
    if (typeof present !== 'string') return present;
    const lower = present.trim().toLowerCase();
    if (lower === 'jpg') return 'jpeg';
    return (FORMATS as readonly string[]).includes(lower) ? lower : present;
  };
  return z.preprocess(known, z.enum(FORMATS, { error: (issue) => invalidFormat(issue.input) }).default('webp'));
}

/** Rembg's sentence to the letter: AVIF is this project's own and stays unnamed here. */
export function invalidFormat(input: unknown): string {
  const shown = typeof input === 'string' ? pythonRepr(input) : `'${pythonRepr(input)}'`;
  return `Invalid format ${shown}. Allowed formats: PNG, JPEG, WEBP, BMP`;
}

/** JSON text of a form field, as the object it describes. */
export const jsonText = (value: unknown): unknown => {
  const present = given(value);
  if (typeof present !== 'string' || !/^\s*[[{]/.test(present)) return present;
  try {
    return JSON.parse(present) as unknown;
  } catch {
    return present;
  }
};
