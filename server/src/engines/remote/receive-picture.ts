import { endBytes, isWhole, pictureKind, pictureKinds, startBytes, type PictureKind } from './signature';
import type { PictureTarget } from './picture-target';

export type ReceivedPicture = {
  kind: PictureKind;
  mime: string;
  bytes: number;
} & ({ path: string; buffer: null } | { path: null; buffer: Buffer });

export interface Expected {
  kind: PictureKind;
  /** Bytes of the answer, if it says. */
  length: number | undefined;
  maxBytes: number;
}

/** The answer came, but the picture could not be had of it; the message says why. */
export class UnusableAnswer extends Error {
  override readonly name = 'UnusableAnswer';

  constructor(
    message: string,
    /** A picture did begin in it: the service has done the work. */
    readonly made: boolean,
    options: { cause?: unknown; picture?: { mime: string; buffer: Buffer } | undefined } = {},
  ) {
    super(message, { cause: options.cause });
    this.picture = options.picture;
  }

  /** All of it, when it only could not be written. */
  readonly picture: { mime: string; buffer: Buffer } | undefined;
}

/**
 * Reads a picture of bounded size and checks by its bytes that it is whole and of the kind asked for; what the media
 * type header says does not matter. It is in its place when this resolves.
 * @throws UnusableAnswer, or what reading throws.
 */
export async function receivePicture(
  body: AsyncIterable<Buffer>,
  target: PictureTarget,
  expected: Expected,
): Promise<ReceivedPicture> {
  const { kind } = expected;
  const { mime } = pictureKinds[kind];
  await target.restart();
  const bytes = await checked(body, expected, target.write);
  const stored = await target.finish();
  if ('path' in stored) return { kind, mime, bytes, path: stored.path, buffer: null };
  if (!stored.failure) return { kind, mime, bytes, path: null, buffer: stored.buffer };
  const picture = stored.buffer.length === bytes ? { mime, buffer: stored.buffer } : undefined;
  throw new UnusableAnswer(`the picture could not be stored: ${stored.failure.message}`, true, {
    cause: stored.failure,
    picture,
  });
}

async function checked(
  body: AsyncIterable<Buffer>,
  { kind, length = 0, maxBytes }: Expected,
  take: (chunk: Buffer) => Promise<void>,
): Promise<number> {
  let start: Buffer = Buffer.alloc(0);
  let end: Buffer = Buffer.alloc(0);
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (start.length < startBytes) start = Buffer.concat([start, chunk.subarray(0, startBytes - start.length)]);
    end = Buffer.concat([end, chunk.subarray(-endBytes)]).subarray(-endBytes);
    // The first bytes are looked at even of an answer that says it is too large: they tell whether it was made.
    if (bytes > maxBytes || (length > maxBytes && start.length === startBytes)) {
      throw new UnusableAnswer(`with more than ${maxBytes} bytes`, pictureKind(start) !== null);
    }
    await take(chunk);
  }
  const found = pictureKind(start);
  if (found === null) throw new UnusableAnswer(`with no picture where a ${kind} picture was asked for`, false);
  if (found !== kind) {
    const whole = isWhole(found, start, end, bytes);
    throw new UnusableAnswer(`with a ${found} picture where a ${kind} picture was asked for`, whole);
  }
  if (!isWhole(kind, start, end, bytes)) {
    throw new UnusableAnswer(`with only a part of the picture (${bytes} bytes)`, false);
  }
  return bytes;
}
