import { edgeBand } from './paint/band';
import { grown } from './paint/grow';
import { isEmpty, type Plane, type Rect, type Size, whole, within } from './paint/plane';

/** The pictures that the editor works on, all of one size. */
export interface Work extends Size {
  original: HTMLCanvasElement;
  /** Of the original. */
  pixels: Uint8ClampedArray;
  matte: Plane;
  /** The matte as it is stored, which may have many more pixels. */
  stored: Uint8Array;
  /** The original with the matte as its alpha, as it is painted on. */
  cutout: HTMLCanvasElement;
}

function newCanvas({ width, height }: Size): [HTMLCanvasElement, CanvasRenderingContext2D] {
  const canvas = Object.assign(document.createElement('canvas'), { width, height });
  const context = canvas.getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser gives no canvas.');
  return [canvas, context];
}

/** @param originalFile upright, and no larger than a browser can hold; the matte is brought to its size */
export async function openWork(originalFile: Blob, matteFile: Blob): Promise<Work> {
  const picture = await createImageBitmap(originalFile);
  const { width, height } = picture;
  const [original, context] = newCanvas(picture);
  context.drawImage(picture, 0, 0);
  picture.close();
  const pixels = context.getImageData(0, 0, width, height).data;
  const [cutout] = newCanvas({ width, height });
  const matte = await readMatte(matteFile, { width, height });
  const work = { width, height, original, pixels, cutout, matte, stored: matte.data.slice() };
  paintCutout(work, whole(work));
  return work;
}

async function readMatte(file: Blob, size: Size): Promise<Plane> {
  const { width, height } = size;
  const given = {
    resizeWidth: width,
    resizeHeight: height,
    resizeQuality: 'high',
    colorSpaceConversion: 'none',
  } as const;
  const picture = await createImageBitmap(file, given);
  const [, context] = newCanvas(size);
  context.drawImage(picture, 0, 0);
  picture.close();
  const grey = context.getImageData(0, 0, width, height).data;
  return { width, height, data: Uint8Array.from({ length: width * height }, (_, at) => grey[at * 4]!) };
}

/** Brings the cutout up to date where the matte has changed. */
export function paintCutout({ cutout, pixels, matte }: Work, changed: Rect): void {
  const rect = within(changed, matte);
  if (isEmpty(rect)) return;
  const { left, top, right, bottom } = rect;
  const piece = new ImageData(right - left, bottom - top);
  for (let row = top, to = 0; row < bottom; row += 1) {
    for (let column = left; column < right; column += 1, to += 4) {
      const at = row * matte.width + column;
      const from = at * 4;
      piece.data[to] = pixels[from]!;
      piece.data[to + 1] = pixels[from + 1]!;
      piece.data[to + 2] = pixels[from + 2]!;
      piece.data[to + 3] = Math.round((pixels[from + 3]! * matte.data[at]!) / 255);
    }
  }
  cutout.getContext('2d')?.putImageData(piece, left, top);
}

/** So much around a change goes along that the server can enlarge it without a seam. */
const MARGIN = 3;

/** What was changed since the matte was stored, as the server takes it: grey, and transparent where it stays. */
export async function changesPng({ matte, stored }: Pick<Work, 'matte' | 'stored'>): Promise<Blob> {
  const { width, height, data } = matte;
  const [canvas, context] = newCanvas({ width, height });
  const picture = new ImageData(width, height);
  const changed = grown(
    data.map((value, at) => Number(value !== stored[at])),
    matte,
    MARGIN,
  );
  for (let at = 0; at < data.length; at += 1)
    if (changed[at]) picture.data.fill(data[at]!, at * 4, at * 4 + 3).fill(255, at * 4 + 3, at * 4 + 4);
  context.putImageData(picture, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error('The matte could not be written.'))), 'image/png');
  });
}

/** Pixels at each side of the edge. */
const BAND_RADIUS = 4;
/** A grey that no backdrop hides behind. */
const VEIL = [96, 96, 104, 225] as const;

/** Lies over all but the cutout's edge, so that what is left of the old background there is seen. */
export function fringeVeil(matte: Plane): HTMLCanvasElement {
  const [canvas, context] = newCanvas(matte);
  const band = edgeBand(matte, BAND_RADIUS);
  const picture = new ImageData(matte.width, matte.height);
  for (let at = 0; at < band.length; at += 1) if (!band[at]) picture.data.set(VEIL, at * 4);
  context.putImageData(picture, 0, 0);
  return canvas;
}
