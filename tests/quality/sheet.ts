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

async function enlarged(file: string, place: Place, background: string): Promise<Buffer> {
  // In two steps: sharp enlarges before it lays a picture on a colour.
  const flat = await sharp(file).rotate().flatten({ background }).extract(place).png().toBuffer();
  return sharp(flat).resize(TILE, TILE, { kernel: 'nearest' }).png().toBuffer();
}

/** One picture: the photo, then each cutout in a row, on white, black and magenta, enlarged. */
export async function zoomSheet(photo: Photo, cutouts: readonly string[], target: string): Promise<void> {
  const place = await placeOf(photo, cutouts[0]!);
  const tiles: OverlayOptions[] = [];
  const add = async (file: string, column: number, row: number, background: string) =>
    tiles.push({
      input: await enlarged(file, place, background),
      left: column * (TILE + GAP),
      top: row * (TILE + GAP),
    });
  for (const [row, cutout] of cutouts.entries()) {
    await add(photo.file, 0, row, '#ffffff');
    for (const [i, background] of BACKGROUNDS.entries()) await add(cutout, i + 1, row, background);
  }
  const width = (BACKGROUNDS.length + 1) * (TILE + GAP) - GAP;
  const height = cutouts.length * (TILE + GAP) - GAP;
  await sharp({ create: { width, height, channels: 3, background: '#808080' } })
    .composite(tiles)
    .webp({ quality: 82, effort: 6 })
    .toFile(target);
}
