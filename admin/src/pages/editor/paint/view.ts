import type { Size } from './plane';

/** Where the picture lies on the stage: a pixel at (x, y) of it is shown at `x * scale + left`, `y * scale + top`. */
export interface View {
  scale: number;
  left: number;
  top: number;
}

export interface Place {
  x: number;
  y: number;
}

/** CSS pixels that a pixel of the picture may be large. */
const MOST_SCALE = 32;
/** Around a picture that fits. */
const MARGIN = 16;
/** Of the picture that stays on the stage, in CSS pixels. */
const LEAST_SEEN = 48;

/** The whole picture, in the middle. */
export function fit(picture: Size, stage: Size): View {
  const room = (side: number) => Math.max(1, side - 2 * MARGIN);
  const scale = Math.min(room(stage.width) / picture.width, room(stage.height) / picture.height);
  return centred(picture, stage, scale);
}

const centred = (picture: Size, stage: Size, scale: number): View => ({
  scale,
  left: (stage.width - picture.width * scale) / 2,
  top: (stage.height - picture.height * scale) / 2,
});

export const toPicture = ({ scale, left, top }: View, { x, y }: Place): Place => ({
  x: (x - left) / scale,
  y: (y - top) / scale,
});

/** To another scale, while what is under `place` stays there. */
export function zoomTo(view: View, scale: number, place: Place, picture: Size, stage: Size): View {
  const least = Math.min(fit(picture, stage).scale, 1) / 4;
  const wanted = Math.min(MOST_SCALE, Math.max(least, scale));
  const { x, y } = toPicture(view, place);
  return kept({ scale: wanted, left: place.x - x * wanted, top: place.y - y * wanted }, picture, stage);
}

export const moveBy = (view: View, by: Place, picture: Size, stage: Size): View =>
  kept({ ...view, left: view.left + by.x, top: view.top + by.y }, picture, stage);

/** A picture never leaves the stage. */
function kept({ scale, left, top }: View, picture: Size, stage: Size): View {
  const between = (value: number, length: number, room: number) =>
    Math.min(room - LEAST_SEEN, Math.max(LEAST_SEEN - length, value));
  return {
    scale,
    left: between(left, picture.width * scale, stage.width),
    top: between(top, picture.height * scale, stage.height),
  };
}
