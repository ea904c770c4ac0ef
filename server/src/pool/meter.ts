import { createHash } from 'node:crypto';
import { Transform } from 'node:stream';
import { CutoutError } from '../errors';
import type { CopyResult } from './contract';

/** Hashes and counts what goes through, and fails what is larger than `maxBytes`. */
export function createMeter(maxBytes: number, name: string): { stream: Transform; result(): CopyResult } {
  const hash = createHash('sha256');
  let bytes = 0;
  const stream = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      bytes += chunk.length;
      if (bytes > maxBytes) return done(tooLarge(name, maxBytes));
      hash.update(chunk);
      done(null, chunk);
    },
  });
  return { stream, result: () => ({ sha256: hash.digest('hex'), bytes }) };
}

const tooLarge = (name: string, maxBytes: number) =>
  new CutoutError(
    'source.too-large',
    `'${name}' is larger than limits.maxBytes, ${Math.round(maxBytes / 1024 / 1024)} MB.`,
  );
