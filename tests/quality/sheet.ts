import sharp, { type OverlayOptions } from 'sharp';
import { readAlpha } from './judge';
import type { Photo } from './photos';

/** Sides of what is shown enlarged, in pixels of the photo, and how much. */
const SEEN = 110;
const ZOOM = 2;
const TILE = SEEN * ZOOM;
const GAP = 6;
const BACKGROUNDS = ['#ffffff', '#000000', '#ff00ff'];

interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** Where to look: as the scene says, or where the cutout is most undecided. */
async function placeOf(photo: Photo, cutout: string): Promise<Place> {
  const { width, height, data } = await readAlpha(cutout);
  const side = Math.min(SEEN, width, height);
  let [x, y] = photo.zoom ? [photo.zoom.x * width, photo.zoom.y * height] : [width / 2, height / 2];
  if (!photo.zoom) {
    let most = -1;
    for (let top = 0; top + side <= height; top += side)
      for (let left = 0; left + side <= width; left += side) {
        let soft = 0;
        for (let row = top; row < top + side; row++)
          for (let i = row * width + left; i < row * width + left + side; i++)
            soft += Math.min(data[i]!, 255 - data[i]!);
        if (soft > most) [most, x, y] = [soft, left + side / 2, top + side / 2];
      }
  }
  const start = (at: number, length: number): number => Math.max(0, Math.min(length - side, Math.round(at - side / 2)));
  return { left: start(x, width), top: start(y, height), width: side, height: side };
}

/** A cutout, or the photo, on a colour; in two steps, since sharp enlarges before it lays a picture on a colour. */
const flattened = (file: string, background: string): Promise<Buffer> =>
  sharp(file).rotate().flatten({ background }).png().toBuffer();

async function enlarged(file: string, place: Place, background: string): Promise<Buffer> {
  const part = await sharp(await flattened(file, background))
    .extract(place)
    .png()
    .toBuffer();
  return sharp(part).resize(TILE, TILE, { kernel: 'nearest' }).png().toBuffer();
}

const whole = async (file: string, background: string): Promise<Buffer> =>
  sharp(await flattened(file, background))
    .resize(TILE, TILE, { fit: 'contain', background: '#808080' })
    .png()
    .toBuffer();

type Tile = (file: string, background: string) => Promise<Buffer>;

/** A row for each cutout: the photo, then the cutout on each background. */
async function writeSheet(photo: Photo, cutouts: readonly string[], tile: Tile, target: string): Promise<void> {
  const tiles: OverlayOptions[] = [];
  for (const [row, cutout] of cutouts.entries())
    for (const [column, background] of [null, ...BACKGROUNDS].entries()) {
      const input = await (background === null ? tile(photo.file, '#ffffff') : tile(cutout, background));
      tiles.push({ input, left: column * (TILE + GAP), top: row * (TILE + GAP) });
    }
  const width = (BACKGROUNDS.length + 1) * (TILE + GAP) - GAP;
  const height = cutouts.length * (TILE + GAP) - GAP;
  await sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .composite(tiles)
    .webp({ quality: 82, effort: 6 })
    .toFile(target);
}

/** Two pictures: all of it, and a part of it enlarged. */
export async function writeSheets(
  photo: Photo,
  cutouts: readonly string[],
  targets: { whole: string; zoom: string },
): Promise<void> {
  const place = await placeOf(photo, cutouts[0]!);
  await writeSheet(photo, cutouts, whole, targets.whole);
  await writeSheet(photo, cutouts, (file, background) => enlarged(file, place, background), targets.zoom);
}
