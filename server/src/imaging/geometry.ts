import { CutoutError } from '../errors';
import { parseMargin, parsePosition, type Length } from '../options/lengths';
import type { ComposeOptions } from '../options/schema';
import type { Box } from './picture';
import { requireHoldable } from './capacity';
import type { Size } from './raster';
import { shadowReach } from './shadow-reach';

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
 * - With `trim` the margin is at least as wide as the shadow reaches, which would end at the canvas otherwise.
 * - `w` and `h` hold the result with its margin. Without `enlarge`, smaller pictures keep their size.
 * - `scale` and `position` place the subject alone, undistorted, within what the margin leaves of the canvas.
 */
export function planCanvas(source: Size, subject: Box | null, options: ComposeOptions): Plan {
  const full: Box = { left: 0, top: 0, ...source };
  const box = options.trim && subject ? subject : full;
  const margin = margins(options);
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

/** What is asked for on a side; the widest counts. */
type Side = Length[];

interface Margins {
  top: Side;
  right: Side;
  bottom: Side;
  left: Side;
}

function margins({ margin, trim, shadow }: ComposeOptions): Margins {
  const asked = margin === undefined ? null : parseMargin(margin);
  const shaded = trim && shadow && shadow.opacity > 0 ? shadowReach(shadow) : null;
  const side = (name: keyof Margins): Side => [
    asked?.[name] ?? { value: 0, unit: 'px' },
    ...(shaded ? [{ value: shaded[name], unit: 'px' as const }] : []),
  ];
  return { top: side('top'), right: side('right'), bottom: side('bottom'), left: side('left') };
}

const atLeastOne = (value: number): number => Math.max(1, Math.round(value));
const edge = (side: Side, extent: number): number =>
  Math.max(...side.map(({ value, unit }) => Math.round(unit === 'px' ? value : (value / 100) * extent)));

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
function boxScales(box: Size, margin: Margins, { w, h, exact_resize: exact, enlarge }: ComposeOptions): Scales {
  const x = w === undefined ? Infinity : fitting(w, box.width, margin.left, margin.right);
  const y = h === undefined ? Infinity : fitting(h, box.height, margin.top, margin.bottom);
  if (exact && w !== undefined && h !== undefined) return { x, y };
  const both = enlarge ? Math.min(x, y) : Math.min(x, y, 1);
  return Number.isFinite(both) ? { x: both, y: both } : { x: 1, y: 1 };
}

/** The largest scale at which extent and sides fit; which length of a side is the widest depends on the scale. */
function fitting(target: number, extent: number, before: Side, after: Side): number {
  return Math.min(...before.flatMap((one) => after.map((other) => solve(target, extent, one, other))));
}

/** Solves target = scale × extent × (1 + percentages) + pixels for the scale. */
function solve(target: number, extent: number, ...sides: Length[]): number {
  const pixels = sides.reduce((sum, { value, unit }) => sum + (unit === 'px' ? value : 0), 0);
  const shares = sides.reduce((sum, { value, unit }) => sum + (unit === '%' ? value / 100 : 0), 1);
  const room = (target - pixels) / shares;
  if (room < 1) {
    throw new CutoutError(
      'options.invalid',
      `'margin' or 'shadow' leaves no room for the picture in a result of ${target} pixels.`,
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
  { scale, position, enlarge }: ComposeOptions,
): Plan {
  const room = {
    width: Math.max(1, canvas.width - inset.left - inset.right),
    height: Math.max(1, canvas.height - inset.top - inset.bottom),
  };
  const fit = Math.min(room.width / subject.width, room.height / subject.height);
  const wanted = scale === undefined ? Math.min(current, fit) : fit * (scale / 100);
  const factor = enlarge ? wanted : Math.min(wanted, 1);
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
