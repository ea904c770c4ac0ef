import type { Size } from './paint/plane';
import type { View } from './paint/view';

/** What lies under the transparent parts: a colour, or squares. */
export type Backdrop = 'checker' | { color: string };

export interface Scene {
  view: View;
  /** Of the pictures, in their own pixels. */
  size: Size;
  original: CanvasImageSource;
  cutout: CanvasImageSource;
  backdrop: Backdrop;
  /** Lies over the cutout. */
  veil: CanvasImageSource | null;
  /** 0…1: left of it is the original; null while somebody paints, who sees the original through the cutout's gaps. */
  divider: number | null;
  /** The brush at its place on the stage, in CSS pixels. */
  brush: { x: number; y: number; radius: number } | null;
}

const SQUARE = 8;
const SQUARES = ['#ffffff', '#d4d4d8'] as const;
/** How much of the original is seen where the cutout is empty, while somebody paints. */
const GHOST = 0.3;

/** Draws all of it. @param ratio device pixels of a CSS pixel */
export function drawStage(context: CanvasRenderingContext2D, stage: Size, ratio: number, scene: Scene): void {
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, stage.width, stage.height);
  const { view, size, divider } = scene;
  const box = { x: view.left, y: view.top, width: size.width * view.scale, height: size.height * view.scale };
  // Where a pixel is large enough to be looked at, it is a square.
  context.imageSmoothingEnabled = view.scale * ratio < 4;
  context.imageSmoothingQuality = 'high';
  const put = (picture: CanvasImageSource) => context.drawImage(picture, box.x, box.y, box.width, box.height);

  context.save();
  context.beginPath();
  context.rect(box.x, box.y, box.width, box.height);
  context.clip();
  fillBackdrop(context, stage, scene.backdrop);
  if (divider === null) {
    context.globalAlpha = GHOST;
    put(scene.original);
    context.globalAlpha = 1;
  }
  put(scene.cutout);
  if (scene.veil) put(scene.veil);
  if (divider !== null) {
    context.beginPath();
    context.rect(0, 0, divider * stage.width, stage.height);
    context.clip();
    put(scene.original);
  }
  context.restore();
  if (scene.brush) ring(context, scene.brush);
}

function fillBackdrop(context: CanvasRenderingContext2D, stage: Size, backdrop: Backdrop): void {
  context.fillStyle = backdrop === 'checker' ? SQUARES[0] : backdrop.color;
  context.fillRect(0, 0, stage.width, stage.height);
  if (backdrop !== 'checker') return;
  context.fillStyle = SQUARES[1];
  for (let y = 0; y < stage.height; y += SQUARE) {
    for (let x = ((y / SQUARE) % 2) * SQUARE; x < stage.width; x += SQUARE * 2) context.fillRect(x, y, SQUARE, SQUARE);
  }
}

/** Dark and light, to be seen on any picture. */
function ring(context: CanvasRenderingContext2D, { x, y, radius }: NonNullable<Scene['brush']>): void {
  for (const [color, width] of [
    ['rgba(0, 0, 0, 0.7)', 3],
    ['#ffffff', 1],
  ] as const) {
    context.beginPath();
    context.arc(x, y, Math.max(1, radius), 0, 2 * Math.PI);
    context.strokeStyle = color;
    context.lineWidth = width;
    context.stroke();
  }
}
