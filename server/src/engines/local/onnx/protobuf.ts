/**
 * Protocol Buffers as far as ONNX files need them, https://protobuf.dev/programming-guides/encoding/. Reading walks over
 * the fields of a message without copying a payload: weights are megabytes.
 */

export const LENGTH_DELIMITED = 2;

export interface Field {
  number: number;
  /** Where tag and length begin, and the payload's ends; of fields without length the payload is the number itself. */
  start: number;
  from: number;
  to: number;
  /** Of a varint, as an unsigned number; 0 for other fields. */
  value: number;
}

/** Reads a base-128 varint. Exact below 2^53; a negative number, written with ten bytes, comes out as 2^64 + itself. */
export function varint(bytes: Buffer, at: number): { value: number; next: number } {
  let value = 0;
  for (let factor = 1, i = at; i < bytes.length && i < at + 10; i++, factor *= 128) {
    value += (bytes[i]! & 127) * factor;
    if (bytes[i]! < 128) return { value, next: i + 1 };
  }
  throw new RangeError('a number in the file is cut short');
}

/** Of a number of either sign; negative ones take ten bytes, as two's complement of 64 bits. */
export function encodeVarint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = BigInt.asUintN(64, BigInt(value));
  for (; rest > 127n; rest >>= 7n) bytes.push(Number(rest & 127n) | 128);
  return Buffer.from([...bytes, Number(rest)]);
}

/** Bytes of the payload of a field without a length. */
const FIXED: Record<number, number> = { 1: 8, 5: 4 };

/** The fields of the message that lies between `from` and `to`. Throws RangeError for bytes that are no protobuf. */
export function* fields(bytes: Buffer, from: number, to: number): Generator<Field> {
  for (let at = from; at < to;) {
    const tag = varint(bytes, at);
    const number = Math.floor(tag.value / 8);
    const type = tag.value % 8;
    let [payload, end, value] = [tag.next, tag.next, 0];
    if (type === LENGTH_DELIMITED) {
      const length = varint(bytes, tag.next);
      [payload, end] = [length.next, length.next + length.value];
    } else if (type === 0) {
      const read = varint(bytes, tag.next);
      [end, value] = [read.next, read.value];
    } else if (FIXED[type] !== undefined) end = tag.next + FIXED[type];
    else throw new RangeError(`a field has the unknown wire type ${type}`);
    if (end > to) throw new RangeError('a field is longer than what holds it');
    yield { number, start: at, from: payload, to: end, value };
    at = end;
  }
}

/** A message under way: pieces that are joined once, since joining copies. */
export type Pieces = Buffer[];

export const sizeOf = (pieces: Pieces): number => pieces.reduce((sum, piece) => sum + piece.length, 0);

export function message(number: number, pieces: Pieces): Pieces {
  return [encodeVarint(number * 8 + LENGTH_DELIMITED), encodeVarint(sizeOf(pieces)), ...pieces];
}

export const bytes = (number: number, payload: Buffer): Pieces => message(number, [payload]);
export const text = (number: number, value: string): Pieces => bytes(number, Buffer.from(value));
export const integer = (number: number, value: number): Pieces => [encodeVarint(number * 8), encodeVarint(value)];

export function float(number: number, value: number): Pieces {
  const payload = Buffer.alloc(4);
  payload.writeFloatLE(value);
  return [encodeVarint(number * 8 + 5), payload];
}
