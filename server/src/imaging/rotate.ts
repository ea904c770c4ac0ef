import type { Sharp } from 'sharp';
import { rotatedSize } from './geometry';
import type { Layer, Plane, Size } from './raster';
import { embedLayer, embedPlane } from './place';
import { clearHidden, fromPlane, fromRgb, interleaved, toLayer, toPlane } from './planes';

/**
 * Positive angles turn counter-clockwise, as Pillow's `Image.rotate` does. Rembg's documents leave the direction open,
 * but its messages are Python's. libvips turns clockwise.
 */
const ANGLE_DIRECTION = -1;

interface Turn {
  angle: number;
  expand: boolean;
}

/** Turned about the centre; corners that open are transparent. */
export async function rotateLayer(layer: Layer, turn: Turn): Promise<Layer> {
  const clockwise = turns(turn.angle);
  if (clockwise === 0) return layer;
  const size = rotatedSize(layer, turn.angle, turn.expand);
  const rotated = clockwise % 90 === 0 ? await quarterTurns(layer, clockwise) : await freeTurn(layer, clockwise);
  const fitted = embedLayer(rotated, size, ...centred(rotated, size));
  clearHidden(fitted);
  return fitted;
}

/** The same for a grey picture; corners that open are black. */
export async function rotatePlane(plane: Plane, turn: Turn): Promise<Plane> {
  const clockwise = turns(turn.angle);
  if (clockwise === 0) return plane;
  const size = rotatedSize(plane, turn.angle, turn.expand);
  const rotated = await toPlane(rotate(fromPlane(plane), clockwise));
  return embedPlane(rotated, size, ...centred(rotated, size));
}

/** 0…360, clockwise. */
const turns = (angle: number): number => (((ANGLE_DIRECTION * angle) % 360) + 360) % 360;

const centred = (from: Size, to: Size): [number, number] => [
  Math.floor((to.width - from.width) / 2),
  Math.floor((to.height - from.height) / 2),
];

const rotate = (picture: Sharp, clockwise: number): Sharp =>
  picture.rotate(clockwise, { background: { r: 0, g: 0, b: 0, alpha: 0 } });

/** Pixels only change places, so that nothing is interpolated and the planes can stay apart. */
async function quarterTurns(layer: Layer, clockwise: number): Promise<Layer> {
  const rgb = await toPlane(rotate(fromRgb(layer.rgb, layer), clockwise));
  const alpha = await toPlane(rotate(fromPlane({ ...layer, data: layer.alpha }), clockwise));
  return { width: rgb.width, height: rgb.height, rgb: rgb.data, alpha: alpha.data };
}

function freeTurn(layer: Layer, clockwise: number): Promise<Layer> {
  return toLayer(rotate(interleaved(layer, { left: 0, top: 0, ...layer }), clockwise));
}
