import { encode as encodeBmp } from 'bmp-ts';
import sharp, { type Sharp } from 'sharp';
import type { Matte } from './matte';
import { decode, type Rgba } from './picture';
import type { Wish } from './validate';

/** Media type of each output format. */
export const mediaTypes = { png: 'image/png', jpeg: 'image/jpeg', webp: 'image/webp', bmp: 'image/bmp' } as const;

const clear = { r: 0, g: 0, b: 0, alpha: 0 };

/** Does what one request asks for: matte, cutout or mask, size, rotation, background, encoding. */
export async function makePicture(wish: Wish, matte: Matte): Promise<Buffer> {
  const original = await decode(wish.image);
  const alpha = await matte(wish.image, original);
  const layer = wish.mask ? maskLayer(alpha) : cutoutLayer(original, alpha);
  const sized = await resized({ ...original, data: layer }, wish);
  // "Rotate the image by given degrees after processing": the background turns with it.
  return encoded(await rotated(await onBackground(sized, wish), wish), wish);
}

function cutoutLayer({ data }: Rgba, alpha: Buffer): Buffer {
  const layer = Buffer.from(data);
  for (let pixel = 0; pixel < alpha.length; pixel += 1) {
    const at = pixel * 4;
    const value = Math.round(((alpha[pixel] ?? 0) * (data[at + 3] ?? 255)) / 255);
    layer[at + 3] = value;
    if (value === 0) layer.fill(0, at, at + 3);
  }
  return layer;
}

/** The mask as an opaque grey picture, so that corners a rotation opens (transparent black) become "outside". */
function maskLayer(alpha: Buffer): Buffer {
  const layer = Buffer.alloc(alpha.length * 4, 255);
  for (let pixel = 0; pixel < alpha.length; pixel += 1) layer.fill(alpha[pixel] ?? 0, pixel * 4, pixel * 4 + 3);
  return layer;
}

const raw = ({ data, width, height }: Rgba): Sharp => sharp(data, { raw: { width, height, channels: 4 } });

async function pixels(picture: Sharp): Promise<Rgba> {
  const { data, info } = await picture.ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  return { data, width: info.width, height: info.height };
}

async function resized(picture: Rgba, { w, h, exactResize }: Wish): Promise<Rgba> {
  if (w === null && h === null) return picture;
  return pixels(
    raw(picture).resize({ width: w ?? undefined, height: h ?? undefined, fit: exactResize ? 'fill' : 'inside' }),
  );
}

/** OPEN in the documents: direction. Pillow's, counter-clockwise; sharp turns clockwise. */
async function rotated(picture: Rgba, { angle, expand }: Wish): Promise<Rgba> {
  if (angle % 360 === 0) return picture;
  const turned = await pixels(raw(picture).rotate(-angle, { background: clear }));
  if (expand) return turned;
  const { width, height } = picture;
  // A quarter turn may be smaller than the canvas on one side: pad first, then cut the middle out.
  const padX = Math.max(0, Math.ceil((width - turned.width) / 2));
  const padY = Math.max(0, Math.ceil((height - turned.height) / 2));
  const padded = await pixels(
    raw(turned).extend({ left: padX, right: padX, top: padY, bottom: padY, background: clear }),
  );
  const left = Math.floor((padded.width - width) / 2);
  const top = Math.floor((padded.height - height) / 2);
  return pixels(raw(padded).extract({ left, top, width, height }));
}

async function onBackground(picture: Rgba, { background }: Wish): Promise<Rgba> {
  if (!background) return picture;
  const [r, g, b, a] = background;
  const { width, height } = picture;
  const sheet = sharp({ create: { width, height, channels: 4, background: { r, g, b, alpha: a / 255 } } });
  return pixels(sheet.composite([{ input: picture.data, raw: { width, height, channels: 4 } }]));
}

/** OPEN in the documents: what JPEG and BMP put behind transparency. White. */
async function encoded(picture: Rgba, { format, mask }: Wish): Promise<Buffer> {
  const behind = mask ? '#000' : '#fff';
  const opaque = mask || format === 'jpeg' || format === 'bmp';
  const image = opaque ? raw(picture).flatten({ background: behind }) : raw(picture);
  switch (format) {
    case 'bmp':
      return bmp(await pixels(image));
    case 'jpeg':
      return image.jpeg({ quality: 95 }).toBuffer();
    case 'webp':
      return image.webp({ quality: 95, alphaQuality: 100, effort: 1 }).toBuffer();
    case 'png':
      return (mask ? image.toColourspace('b-w') : image).png({ compressionLevel: 3 }).toBuffer();
  }
}

function bmp({ data, width, height }: Rgba): Buffer {
  const abgr = Buffer.alloc(data.length);
  for (let at = 0; at < data.length; at += 4) abgr.set([255, data[at + 2] ?? 0, data[at + 1] ?? 0, data[at] ?? 0], at);
  return encodeBmp({ data: abgr, width, height, bitPP: 24 }).data;
}
