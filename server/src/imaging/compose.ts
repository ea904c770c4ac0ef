import { parseColor, type Rgba } from '../options/color';
import type { ComposeOptions } from '../options/schema';
import { loadBackground, overColor, overPicture, type Background } from './background';
import { FILE_TYPES } from './file-types';
import { requireHoldable } from './capacity';
import { planCanvas, rotatedSize, type Plan } from './geometry';
import { subjectBox } from './subject-box';
import { isIdentity, placeLayer, placePlane } from './place';
import type { Composed, Layer, Plane } from './raster';
import { rotateLayer, rotatePlane } from './rotate';
import { addShadow } from './shadow';

const WHITE: Rgba = { r: 255, g: 255, b: 255, alpha: 255 };

/**
 * Makes a picture of foreground colours and their alpha. The steps have one order, whatever order the options came in:
 *
 *   matte → refine → decontaminate (before this function)
 *   → trim and margin → resize, scale and position → shadow → background → rotate and expand
 *   → encode (after it)
 *
 * So a margin is never scaled twice, a shadow falls on the background and turns with it, and corners that a rotation
 * opens show `bg_color`. The foreground given is left as it is. Throws `options.invalid` for a result that cannot be
 * held, or has more than `mostPixels`.
 */
export async function compose(
  foreground: Layer,
  options: ComposeOptions,
  background?: Background,
  mostPixels?: number,
): Promise<Composed> {
  const plan = planFor(foreground, foreground.alpha, options, mostPixels);
  const placed = isIdentity(plan, foreground) ? foreground : await placeLayer(foreground, plan);
  const shaded = await withShadow(placed, placed !== foreground, options);
  const backed = background ? await onPicture(shaded, background, options) : shaded;
  const turned = await rotateLayer(backed, options);
  return onColors(turned, turned !== foreground, backgroundColors(options, background !== undefined));
}

/** The same way for a matte alone: `mask=true`. */
export async function composeMask(matte: Plane, options: ComposeOptions, mostPixels?: number): Promise<Composed> {
  const plan = planFor(matte, matte.data, options, mostPixels);
  const placed = isIdentity(plan, matte) ? matte : await placePlane(matte, plan);
  return { kind: 'grey', ...(await rotatePlane(placed, options)) };
}

function planFor(
  source: { width: number; height: number },
  alpha: Buffer,
  options: ComposeOptions,
  mostPixels?: number,
): Plan {
  const needsSubject = options.trim || options.scale !== undefined || options.position !== undefined;
  const { width, height } = source;
  const plan = planCanvas({ width, height }, needsSubject ? subjectBox(alpha, source) : null, options);
  requireHoldable(rotatedSize(plan.canvas, options.angle, options.expand), options, mostPixels);
  return plan;
}

/** `owned`: whether the layer's buffers may be written to. */
async function withShadow(layer: Layer, owned: boolean, { shadow }: ComposeOptions): Promise<Layer> {
  if (!shadow || shadow.opacity === 0) return layer;
  const own = owned ? layer : { ...layer, rgb: Buffer.from(layer.rgb), alpha: Buffer.from(layer.alpha) };
  await addShadow(own, shadow);
  return own;
}

async function onPicture(layer: Layer, background: Background, { bg_color }: ComposeOptions): Promise<Layer> {
  const beneath = bg_color === undefined ? null : parseColor(bg_color);
  const picture = await loadBackground(background, layer, beneath ?? WHITE);
  overPicture(layer, picture, picture);
  return { ...layer, rgb: picture, alpha: Buffer.alloc(layer.alpha.length, 255) };
}

/**
 * The colour behind the picture, and white behind that for a format without transparency or on a background picture,
 * which leaves nothing to see through. Laid after the rotation: for one colour that is the same as before it, with the
 * corners filled.
 */
function backgroundColors({ bg_color, format }: ComposeOptions, onPicture: boolean): Rgba[] {
  const color = bg_color === undefined ? null : parseColor(bg_color);
  const colors = color === null || color.alpha === 0 ? [] : [color];
  return (FILE_TYPES[format].alpha && !onPicture) || color?.alpha === 255 ? colors : [...colors, WHITE];
}

function onColors(layer: Layer, owned: boolean, colors: Rgba[]): Composed {
  const { width, height } = layer;
  let { rgb, alpha } = layer;
  let mine = owned;
  for (const color of colors) {
    const out = mine ? rgb : Buffer.allocUnsafe(rgb.length);
    const left = overColor({ width, height, rgb, alpha }, color, out);
    if (left === null) return { kind: 'opaque', width, height, rgb: out };
    [rgb, alpha, mine] = [out, left, true];
  }
  return { kind: 'layer', width, height, rgb, alpha };
}
