import sharp from 'sharp';
import {
  endBytes,
  isWhole,
  pictureKind,
  startBytes,
  type PictureKind,
} from '../../../server/src/engines/remote/signature';

const raw = { raw: { width: 40, height: 30, channels: 3 as const } };
const noise = Buffer.from(Array.from({ length: 40 * 30 * 3 }, (_, i) => (i * 97) % 256));
const encode = (kind: 'png' | 'jpeg' | 'webp') => sharp(noise, raw).toFormat(kind).toBuffer();
const whole = (kind: PictureKind, bytes: Buffer) =>
  isWhole(kind, bytes.subarray(0, startBytes), bytes.subarray(-endBytes), bytes.length);

describe.each(['png', 'jpeg', 'webp'] as const)('%s', (kind) => {
  it('is known by its first bytes, and whole only with its last', async () => {
    const bytes = await encode(kind);
    expect(pictureKind(bytes.subarray(0, startBytes))).toBe(kind);
    expect(whole(kind, bytes)).toBe(true);
    for (const share of [0.1, 0.5, 0.9]) {
      expect(whole(kind, bytes.subarray(0, Math.floor(bytes.length * share)))).toBe(false);
    }
    expect(whole(kind, bytes.subarray(0, -1))).toBe(false);
  });
});

it('knows BMP by its header and its length', () => {
  const bmp = Buffer.alloc(60);
  bmp.write('BM');
  bmp.writeUInt32LE(60, 2);
  bmp.writeUInt32LE(40, 14);
  expect(pictureKind(bmp)).toBe('bmp');
  expect(whole('bmp', bmp)).toBe(true);
  expect(whole('bmp', bmp.subarray(0, 59))).toBe(false);
});

it.each(['', '<!doctype html>', '{"error":"x"}', 'GIF89a', 'RIFF....WAVE'])('knows %j as no picture', (text) => {
  expect(pictureKind(Buffer.from(text))).toBeNull();
});
