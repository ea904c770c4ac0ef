import { CutoutError } from '../errors';
import { parseMargin, parsePosition, type Length } from '../options/lengths';
import type { ComposeOptions } from '../options/schema';
import type { Box } from './picture';
import { requireHoldable } from './capacity';
import type { Size } from './raster';

/** A part of the original, scaled to `place` on a canvas. Whole pixels throughout; `place` lies inside the canvas. */
export interface Plan {
  crop: Box;
  place: Box;
  canvas: Size;
}

/**
 * Where the options put the picture: trim, margin, w, h, exact_resize, scale and position.
 *
 * - The margin surrounds the subject's box with `trim`, else the whole picture. Its pixels are pixels of the result;
 *   its percentages count from the surrounded box after scaling.
 * - `w` and `h` hold the result with its margin.
 * - `scale` and `position` place the subject alone, undistorted, within what the margin leaves of the canvas.
 */
export function planCanvas(source: Size, subject: Box | null, options: ComposeOptions): Plan {
  const full: Box = { left: 0, top: 0, ...source };
  const box = options.trim && subject ? subject : full;
  const margin = margins(options.margin);
  const scales = boxScales(box, margin, options);
  const place = {
    left: edge(margin.left, box.width * scales.x),
    top: edge(margin.top, box.height * scales.y),
    width: atLeastOne(box.width * scales.x),
    height: atLeastOne(box.height * scales.y),
  };
  const canvas = canvasOf(place, margin, box, scales, options);
  const placed = options.scale !== undefined || options.position !== undefined;
  const plan =
    placed && subject
      ? placeSubject(canvas, subject, Math.min(scales.x, scales.y), insets(margin, box, scales), options)
      : { crop: box, place, canvas };
  return checked(plan);
}

interface Scales {
  x: number;
  y: number;
}

interface Margins {
  top: Length;
  right: Length;
  bottom: Length;
  left: Length;
}

const NO_MARGIN: Length = { value: 0, unit: 'px' };

function margins(text: string | undefined): Margins {
  const parsed = text === undefined ? null : parseMargin(text);
  return parsed ?? { top: NO_MARGIN, right: NO_MARGIN, bottom: NO_MARGIN, left: NO_MARGIN };
}

const atLeastOne = (value: number): number => Math.max(1, Math.round(value));
const edge = ({ value, unit }: Length, extent: number): number =>
  Math.round(unit === 'px' ? value : (value / 100) * extent);

function insets(
  margin: Margins,
  box: Size,
  scales: Scales,
): { left: number; top: number; right: number; bottom: number } {
  return {
    left: edge(margin.left, box.width * scales.x),
    right: edge(margin.right, box.width * scales.x),
    top: edge(margin.top, box.height * scales.y),
    bottom: edge(margin.bottom, box.height * scales.y),
  };
}

/** Factors by which the box is scaled so that it and its margin fit inside w × h. */
function boxScales(box: Size, margin: Margins, { w, h, exact_resize: exact }: ComposeOptions): Scales {
  const x = w === undefined ? Infinity : fitting(w, box.width, margin.left, margin.right);
  const y = h === undefined ? Infinity : fitting(h, box.height, margin.top, margin.bottom);
  if (exact && w !== undefined && h !== undefined) return { x, y };
  const both = Math.min(x, y);
  return Number.isFinite(both) ? { x: both, y: both } : { x: 1, y: 1 };
}

/** Solves target = scale × extent × (1 + percentages) + pixels for the scale. */
function fitting(target: number, extent: number, ...sides: Length[]): number {
  const pixels = sides.reduce((sum, { value, unit }) => sum + (unit === 'px' ? value : 0), 0);
  const shares = sides.reduce((sum, { value, unit }) => sum + (unit === '%' ? value / 100 : 0), 1);
  const room = (target - pixels) / shares;
  if (room < 1) {
    throw new CutoutError(
      'options.invalid',
      `'margin' leaves no room for the picture in a result of ${target} pixels.`,
    );
  }
  return room / extent;
}

function canvasOf(place: Box, margin: Margins, box: Size, scales: Scales, options: ComposeOptions): Size {
  const { left, top, right, bottom } = insets(margin, box, scales);
  const natural = { width: left + place.width + right, height: top + place.height + bottom };
  const { w, h, exact_resize: exact } = options;
  if (!exact || w === undefined || h === undefined) return withinTarget(natural, place, options);
  // Rounding of the parts may miss the asked size by a pixel; the picture gives way, not the size.
  place.width = Math.max(1, place.width + w - natural.width);
  place.height = Math.max(1, place.height + h - natural.height);
  return { width: place.left + place.width + right, height: place.top + place.height + bottom };
}

/** Each part is rounded, so their sum may pass w or h by a pixel or two; the picture gives them back. */
function withinTarget(natural: Size, place: Box, { w, h }: ComposeOptions): Size {
  const overWidth = Math.min(place.width - 1, Math.max(0, natural.width - (w ?? natural.width)));
  const overHeight = Math.min(place.height - 1, Math.max(0, natural.height - (h ?? natural.height)));
  place.width -= overWidth;
  place.height -= overHeight;
  return { width: natural.width - overWidth, height: natural.height - overHeight };
}

function placeSubject(
  canvas: Size,
  subject: Box,
  current: number,
  inset: { left: number; top: number; right: number; bottom: number },
  { scale, position }: ComposeOptions,
): Plan {
  const room = {
    width: Math.max(1, canvas.width - inset.left - inset.right),
    height: Math.max(1, canvas.height - inset.top - inset.bottom),
  };
  const fit = Math.min(room.width / subject.width, room.height / subject.height);
  const factor = scale === undefined ? Math.min(current, fit) : fit * (scale / 100);
  const width = Math.min(room.width, atLeastOne(subject.width * factor));
  const height = Math.min(room.height, atLeastOne(subject.height * factor));
  const { x, y } = (position === undefined ? null : parsePosition(position)) ?? { x: 50, y: 50 };
  const left = Math.min(inset.left, canvas.width - room.width) + Math.round(((room.width - width) * x) / 100);
  const top = Math.min(inset.top, canvas.height - room.height) + Math.round(((room.height - height) * y) / 100);
  return { crop: subject, place: { left, top, width, height }, canvas };
}

function checked(plan: Plan): Plan {
  requireHoldable(plan.canvas);
  return plan;
}

/**
 * Sides of a rotated picture. `expand` gives the box that holds it, by Pillow's formula (Image.rotate): corners turned
 * about the centre, then rounded outward.
 */
export function rotatedSize({ width, height }: Size, angle: number, expand: boolean): Size {
  if (!expand) return { width, height };
  const radians = (angle * Math.PI) / 180;
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  const extent = (size: number, along: number, other: number, across: number): number => {
    const half = (Math.abs(size * along) + Math.abs(other * across)) / 2;
    // As Pillow does: without this, sin(180°) = 1e-16 adds a pixel.
    const exact = (value: number): number => Math.round(value * 1e10) / 1e10;
    return Math.ceil(exact(size / 2 + half)) - Math.floor(exact(size / 2 - half));
  };
  return { width: extent(width, cos, height, sin), height: extent(height, cos, width, sin) };
}
