/**
 * `node scripts/before-after.mjs PHOTO... OUT.png`: the README's picture. Each photo beside its cutout on a checkerboard, made by
 * the built `cutout` command.
 */
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { root } from './lib/paths.js';

const SIDE = 320;
const photos = process.argv.slice(2, -1);
const out = process.argv.at(-1);
if (photos.length === 0 || !out) throw new Error('before-after: expected photos and the picture to write.');

const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cutout-readme-'));
const squares = Buffer.from(
  `<svg xmlns="http://www.w3.org/2000/svg" width="${SIDE}" height="${SIDE}"><defs><pattern id="p" width="20" height="20"
  patternUnits="userSpaceOnUse"><rect width="20" height="20" fill="#fff"/><path d="M0 0h10v10H0zM10 10h10v10H10z"
  fill="#ddd"/></pattern></defs><rect width="100%" height="100%" fill="url(#p)"/></svg>`,
);

try {
  const tiles = [];
  for (const [index, photo] of photos.entries()) {
    const cutout = path.join(scratch, `${index}.png`);
    execFileSync(process.execPath, [
      path.join(root, 'dist/cli/index.js'),
      'remove',
      photo,
      '-o',
      cutout,
      '-q',
      '--format',
      'png',
    ]);
    const fit = { width: SIDE, height: SIDE, fit: sharp.fit.cover };
    const before = await sharp(photo).resize(fit).toBuffer();
    const after = await sharp(squares)
      .composite([{ input: await sharp(cutout).resize(fit).toBuffer() }])
      .png()
      .toBuffer();
    tiles.push({ input: before, left: index * SIDE, top: 0 }, { input: after, left: index * SIDE, top: SIDE });
  }
  /** @type {import('sharp').Create} */
  const create = { width: photos.length * SIDE, height: 2 * SIDE, channels: 3, background: '#ffffff' };
  await sharp({ create }).composite(tiles).png({ palette: true, quality: 90 }).toFile(out);
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}
