import { z } from 'zod';
import {
  booleanText,
  color,
  flag,
  format,
  integer,
  integerText,
  jsonText,
  margin,
  number,
  numberText,
  position,
  side,
} from './fields';
import { pythonRepr } from './python';

/**
 * The compose options: how a cutout is made of an original and its matte. One schema for presets, REST, the
 * Rembg-compatible endpoint and the command line.
 *
 * The order in which they act is fixed, see imaging/compose:
 * matte → refine → decontaminate → trim and margin → resize, scale, position → shadow → background → rotate and
 * expand → encode.
 */

const SHADOW_DEFAULTS = { opacity: 0.4, blur: 20, offset: { x: 0, y: 10 } };
const MAX_SHADOW_PX = 500;
const MAX_SIZES = 12;

const pixels = (name: string, min: number) =>
  z.preprocess(numberText, number(name, min, MAX_SHADOW_PX, `${min} and ${MAX_SHADOW_PX} pixels`));

const shadowObject = z.strictObject(
  {
    /** 0…1 */
    opacity: z.preprocess(numberText, number('shadow.opacity', 0, 1, '0 and 1').default(SHADOW_DEFAULTS.opacity)),
    /** Blur radius in pixels of the result; the Gaussian's σ is half of it, as CSS defines `box-shadow`. */
    blur: pixels('shadow.blur', 0).default(SHADOW_DEFAULTS.blur),
    /** Pixels of the result, to the right and down. */
    offset: z
      .strictObject(
        { x: pixels('shadow.offset.x', -MAX_SHADOW_PX), y: pixels('shadow.offset.y', -MAX_SHADOW_PX) },
        { error: (issue) => `'shadow.offset' must be { x, y } in pixels, got: ${pythonRepr(issue.input)}` },
      )
      .default(SHADOW_DEFAULTS.offset),
  },
  {
    error: (issue) =>
      `'shadow' must be true, false or { opacity, blur, offset: { x, y } }, got: ${pythonRepr(issue.input)}`,
  },
);

const shadow = z.preprocess((value) => {
  const present = jsonText(booleanText(value));
  if (present === false) return undefined;
  return present === true ? {} : present;
}, shadowObject.optional());

const list = (value: unknown): unknown => {
  const present = jsonText(value);
  if (typeof present === 'string') return present.split(',').map((part) => part.trim());
  return typeof present === 'number' ? [present] : present;
};

const sizes = z.preprocess(
  list,
  z
    .array(z.preprocess(integerText, integer('sizes', 16, 10_000)), {
      error: (issue) => `'sizes' must be a list of widths in pixels, got: ${pythonRepr(issue.input)}`,
    })
    .max(MAX_SIZES, {
      error: (issue) => `'sizes' must have at most ${MAX_SIZES} widths, got: ${(issue.input as unknown[]).length}`,
    })
    .overwrite((widths) => [...new Set(widths)].sort((a, b) => a - b))
    .default([]),
);

const noAsset = (issue: { input?: unknown }): string =>
  `'bg_image' must name an asset by id or path, got: ${pythonRepr(issue.input)}`;

const bgImage = z.preprocess(
  integerText,
  z
    .union(
      [
        z.number().refine((id) => Number.isSafeInteger(id) && id > 0, { error: noAsset }),
        z.string().max(2048, { error: noAsset }),
      ],
      { error: noAsset },
    )
    .optional(),
);

export const composeOptions = z
  .strictObject(
    {
      /** File format of the result. */
      format: format(),
      /** Target width in pixels; alone or with `h` the result fits inside, aspect kept. */
      w: side('w'),
      h: side('h'),
      /** Exactly w × h. Distorts, unless `scale` or `position` places the subject on such a canvas. */
      exact_resize: flag('exact_resize', false),
      /** Whether `w`, `h` and `scale` may make a small picture larger than it is; `exact_resize` always may. */
      enlarge: flag('enlarge', true),
      /** Only the matte, as a grey picture. */
      mask: flag('mask', false),
      /** Solid background, `#rrggbbaa`. */
      bg_color: color(),
      /** Degrees, counter-clockwise; see ANGLE_DIRECTION in imaging/rotate. */
      angle: z.preprocess(numberText, number('angle', -360, 360, '-360 and 360 degrees').default(0)),
      /** Enlarge the canvas so that a rotated picture is not cropped. */
      expand: flag('expand', true),
      /** 1…100; each format's own default when left out, see imaging/encode. PNG and BMP have none. */
      quality: z.preprocess(integerText, integer('quality', 1, 100).optional()),
      /** WebP and AVIF without loss. */
      lossless: flag('lossless', false),
      /** Crop to the subject. */
      trim: flag('trim', false),
      /** Space around the picture, or around the subject with `trim`; per cent of that box's own width and height. */
      margin: margin('margin'),
      /** Size of the subject in the canvas in per cent: it fits inside that share of the canvas. */
      scale: z.preprocess(numberText, number('scale', 1, 100, '1 and 100 per cent').optional()),
      /** Place of the subject in the canvas; where it was when left out, or the centre with `scale`. */
      position: position('position'),
      /** Soft drop shadow of the subject. */
      shadow,
      /** Another asset as background, covering the canvas. */
      bg_image: bgImage,
      /** Widths of further, smaller files of the same picture. */
      sizes,
      /** Take the old background's colour out of soft edges. */
      decontaminate: flag('decontaminate', true),
      /** Lift the matte by a guided filter instead of plain interpolation. */
      refine: flag('refine', true),
    },
    { error: (issue) => notAnObject(issue) },
  )
  .superRefine(
    (options, context) => {
      for (const name of colouredWithMask(options)) {
        context.addIssue({
          code: 'custom',
          path: ['mask'],
          message: `Cannot use 'mask=true' together with '${name}'. Choose one or the other.`,
        });
      }
    },
    // Also beside other problems: the caller hears of all at once.
    { when: () => true },
  );

function notAnObject(issue: { code?: string; input?: unknown }): string | undefined {
  if (issue.code !== 'invalid_type') return undefined;
  return `Options must be an object of names and values, got: ${pythonRepr(issue.input)}`;
}

/** Options that only mean something with colours; with `mask=true` there are none. */
function colouredWithMask(options: unknown): string[] {
  const given = (typeof options === 'object' && options !== null ? options : {}) as Record<string, unknown>;
  return given.mask === true ? ['bg_color', 'bg_image', 'shadow'].filter((name) => given[name] !== undefined) : [];
}

/** Every option settled: plain JSON, and parsing it again gives the same. */
export type ComposeOptions = z.output<typeof composeOptions>;
export type Shadow = z.output<typeof shadowObject>;
