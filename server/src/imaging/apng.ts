import { open } from 'node:fs/promises';

/** No sane PNG has more chunks before its pixels; one that has is not searched further. */
const MAX_CHUNKS = 512;

/** Whether a PNG announces frames: an `acTL` chunk before the first `IDAT` (APNG specification). libpng ignores it. */
export async function isAnimatedPng(path: string): Promise<boolean> {
  const file = await open(path, 'r');
  try {
    const header = Buffer.alloc(8);
    for (let at = 8, chunk = 0; chunk < MAX_CHUNKS; chunk++) {
      const { bytesRead } = await file.read(header, 0, 8, at);
      const name = header.toString('latin1', 4, 8);
      if (bytesRead < 8 || name === 'IDAT') return false;
      if (name === 'acTL') return true;
      at += 12 + header.readUInt32BE(0);
    }
    return false;
  } finally {
    await file.close();
  }
}
