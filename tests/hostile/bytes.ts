import { crc32 } from 'node:zlib';
import { seeded } from '../fixtures/random';

export const latin = (text: string): Buffer => Buffer.from(text, 'latin1');

export function u16be(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

export function u32be(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value >>> 0);
  return bytes;
}

export function u32le(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

/** A copy with those bytes in that place. */
export function patched(bytes: Buffer, at: number, by: Buffer | number[]): Buffer {
  const copy = Buffer.from(bytes);
  Buffer.from(by).copy(copy, at);
  return copy;
}

export const inserted = (bytes: Buffer, at: number, what: Buffer): Buffer =>
  Buffer.concat([bytes.subarray(0, at), what, bytes.subarray(at)]);

/** Turns `count` bits round, all of them behind the first `from` bytes. */
export function flipped(bytes: Buffer, seed: number, count: number, from: number): Buffer {
  const random = seeded(seed);
  const copy = Buffer.from(bytes);
  for (let i = 0; i < count; i += 1) {
    const at = from + Math.floor(random() * (copy.length - from));
    copy[at]! ^= 1 << Math.floor(random() * 8);
  }
  return copy;
}

/** Bytes that no packer makes smaller. */
export function noise(length: number, seed: number): Buffer {
  const random = seeded(seed);
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at += 1) bytes[at] = random() * 256;
  return bytes;
}

/** A ZIP with one stored file. */
export function zip(name: string, content: Buffer): Buffer {
  const facts = Buffer.concat([
    latin('\x14\0\0\0\0\0\0\0\0\0'),
    u32le(crc32(content)),
    u32le(content.length),
    u32le(content.length),
    Buffer.from([name.length, 0, 0, 0]),
  ]);
  const local = Buffer.concat([latin('PK\x03\x04'), facts, latin(name), content]);
  const central = Buffer.concat([latin('PK\x01\x02\x14\0'), facts, Buffer.alloc(14), latin(name)]);
  const end = [latin('PK\x05\x06\0\0\0\0\x01\0\x01\0'), u32le(central.length), u32le(local.length), Buffer.alloc(2)];
  return Buffer.concat([local, central, ...end]);
}
