import { z } from 'zod';
import type { Config } from '../../config/schema';
import { CutoutError } from '../../errors';
import { requireHoldable } from '../../imaging/capacity';
import { planCanvas, rotatedSize } from '../../imaging/geometry';
import { composeOptions, type ComposeOptions, optionsError, optionsFor, parseComposeOptions } from '../../options';
import type { OwnOptions } from '../../words';
import { parseInput } from '../respond';

/** What a render is asked for by: a preset, single options that change it, and what to answer with while there is no matte. */
export interface RenderQuery {
  preset: string | null;
  options: ComposeOptions;
  fallback: 'original' | undefined;
}

const common = z.object({
  preset: z
    .string()
    .max(200)
    .optional()
    .describe("Name of one of the configuration's presets; the other options change it"),
  fallback: z.literal('original').optional().describe('What to answer with while there is no matte'),
});

const { sizes: _sizes, ...single } = composeOptions.shape;
/** All that may stand in the address; `readRenderQuery` reads it. */
export const renderParams = z.strictObject({ ...common.shape, ...single });

/**
 * An option of the query takes the place of the preset's; an empty one takes the preset's away. `sizes` means further
 * files and nothing for a single one.
 * @param own options of the image's own, by preset, which stand in place of the preset's
 * @throws CutoutError `options.invalid`
 */
export function readRenderQuery(
  query: Record<string, unknown>,
  { render, presets }: Pick<Config, 'render' | 'presets'>,
  own: Record<string, OwnOptions> = {},
): RenderQuery {
  const { preset: named, fallback: standIn, ...asked } = query;
  const { preset = null, fallback } = parseInput(common, { preset: named, fallback: standIn }, 'query');
  const base = preset === null ? {} : baseOf(presets, preset, own);
  if (!base) throw invalid('preset', `Expected one of ${Object.keys(presets).join(', ')}, received '${preset}'`);
  if (render.mode === 'presets') {
    const [other] = Object.keys(asked);
    if (other !== undefined)
      throw invalid(other, `Only 'preset' and 'fallback' may be given here, received '${other}'`);
    if (preset === null) throw invalid('preset', `Expected 'preset' with one of ${Object.keys(presets).join(', ')}`);
  }
  if ('sizes' in asked) throw invalid('sizes', "'sizes' is for presets; ask for one width with 'w'");
  const parsed = parseComposeOptions({ ...base, sizes: [], ...asked });
  if (!parsed.ok) throw optionsError(parsed.issues);
  return { preset, options: parsed.options, fallback };
}

function baseOf(presets: Config['presets'], preset: string, own: Record<string, OwnOptions>): ComposeOptions | null {
  const options = Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  return options ? optionsFor(options, Object.hasOwn(own, preset) ? own[preset] : undefined) : null;
}

const invalid = (field: string, message: string): CutoutError =>
  new CutoutError('options.invalid', `${message}.`, { details: [{ field, message }] });

/**
 * Refuses a result that is too large before anything is fetched for it. With `trim` its size depends on the subject, which
 * the picture process looks at.
 * @throws CutoutError `options.invalid`
 */
export function requireSize(
  { width, height }: { width: number; height: number },
  options: ComposeOptions,
  mostPixels: number,
): void {
  if (options.trim) return;
  const whole = { left: 0, top: 0, width, height };
  const { canvas } = planCanvas(whole, whole, options);
  requireHoldable(rotatedSize(canvas, options.angle, options.expand), options, mostPixels);
}
