import sharp from 'sharp';

/**
 * A small opaque PNG that differs from that of any other seed in most of its pixels, so that it still does after Strapi's
 * upload has optimised it: noise, light inside and dark around, so that every engine finds a subject.
 */
export function distinctPicture(seed: number, side = 24): Promise<Buffer> {
  let state = (seed * 2_654_435_761) % 4_294_967_296;
  const random = () => {
    state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
    return state / 4_294_967_296;
  };
  const pixels = Buffer.alloc(side * side * 3);
  for (let i = 0; i < pixels.length; i += 1) {
    const x = Math.floor(i / 3) % side;
    const y = Math.floor(i / 3 / side);
    const inside = Math.min(x, y, side - 1 - x, side - 1 - y) >= side / 4;
    pixels[i] = (inside ? 150 : 0) + Math.floor(random() * 100);
  }
  return sharp(pixels, { raw: { width: side, height: side, channels: 3 } })
    .png()
    .toBuffer();
}
