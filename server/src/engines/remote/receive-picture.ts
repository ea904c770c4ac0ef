import { randomBytes } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { messageOf } from '../../errors';
import { endBytes, isWhole, pictureKind, pictureKinds, startBytes, type PictureKind } from './signature';

/** Where a picture goes: a file that appears only when it is whole, or memory. */
export type PictureTarget = { file: string } | 'buffer';

export type ReceivedPicture = {
  kind: PictureKind;
  mime: string;
  bytes: number;
} & ({ path: string; buffer: null } | { path: null; buffer: Buffer });

export interface Expected {
  kind: PictureKind;
  /** `Content-Length` of the answer, if given. */
  length: number | undefined;
  maxBytes: number;
}

/** The answer came, but the picture could not be had of it; the message says why. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';
}

/**
 * Reads a picture of bounded size and checks by its bytes that it is whole and of the kind asked for; what the media
 * type header says does not matter.
 * @throws UnusableAnswer, or what reading throws.
 */
export async function receivePicture(
  body: AsyncIterable<Buffer>,
  target: PictureTarget,
  expected: Expected,
): Promise<ReceivedPicture> {
  if ((expected.length ?? 0) > expected.maxBytes) throw tooLarge(expected.maxBytes);
  const mime = pictureKinds[expected.kind].mime;
  if (target === 'buffer') {
    const chunks: Buffer[] = [];
    const bytes = await checked(body, expected, async (chunk) => void chunks.push(chunk));
    return { kind: expected.kind, mime, bytes, path: null, buffer: Buffer.concat(chunks) };
  }
  const part = `${target.file}.${randomBytes(6).toString('hex')}.part`;
  try {
    const handle = await stored(open(part, 'wx', 0o600));
    let bytes: number;
    try {
      bytes = await checked(body, expected, (chunk) => stored(handle.writeFile(chunk)));
    } finally {
      await handle.close();
    }
    await stored(rename(part, target.file));
    return { kind: expected.kind, mime, bytes, path: target.file, buffer: null };
  } catch (error) {
    await rm(part, { force: true });
    throw error;
  }
}

async function checked(
  body: AsyncIterable<Buffer>,
  { kind, maxBytes }: Expected,
  take: (chunk: Buffer) => Promise<void>,
): Promise<number> {
  let start: Buffer = Buffer.alloc(0);
  let end: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw tooLarge(maxBytes);
    if (start.length < startBytes) start = Buffer.concat([start, chunk.subarray(0, startBytes - start.length)]);
    end = Buffer.concat([end, chunk.subarray(-endBytes)]).subarray(-endBytes);
    await take(chunk);
  }
  const found = pictureKind(start);
  if (found !== kind)
    throw new UnusableAnswer(
      `with ${found ? `a ${found} picture` : 'no picture'} where a ${kind} picture was asked for`,
    );
  if (!isWhole(kind, start, end, bytes)) throw new UnusableAnswer(`with only a part of the picture (${bytes} bytes)`);
  return bytes;
}

const tooLarge = (maxBytes: number) => new UnusableAnswer(`with more than ${maxBytes} bytes`);

async function stored<T>(writing: Promise<T>): Promise<T> {
  return writing.catch((error: unknown) => {
    throw new UnusableAnswer(`the picture could not be stored: ${messageOf(error)}`, { cause: error });
  });
}
