export interface Size {
  width: number;
  height: number;
}

/** A byte for each pixel, row by row. */
export interface Plane extends Size {
  data: Uint8Array;
}

/** Whole pixels; `right` and `bottom` are the first that do not belong to it. */
export interface Rect {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export const NOTHING: Rect = { left: Infinity, top: Infinity, right: -Infinity, bottom: -Infinity };

export const isEmpty = ({ left, top, right, bottom }: Rect): boolean => right <= left || bottom <= top;

export const union = (a: Rect, b: Rect): Rect => ({
  left: Math.min(a.left, b.left),
  top: Math.min(a.top, b.top),
  right: Math.max(a.right, b.right),
  bottom: Math.max(a.bottom, b.bottom),
});

export const whole = ({ width, height }: Size): Rect => ({ left: 0, top: 0, right: width, bottom: height });

/** The part of it that lies in a picture. */
export const within = ({ left, top, right, bottom }: Rect, { width, height }: Size): Rect => ({
  left: Math.max(0, left),
  top: Math.max(0, top),
  right: Math.min(width, right),
  bottom: Math.min(height, bottom),
});
