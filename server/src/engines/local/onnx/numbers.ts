import { fromHalf } from '../half';
import { type Constant, ELEMENT, UnexpectedGraph } from './model';

/** Bytes at an odd place of a file cannot be looked at as wider numbers. */
function aligned(raw: Buffer): ArrayBuffer {
  return raw.buffer.slice(raw.byteOffset, raw.byteOffset + raw.byteLength) as ArrayBuffer;
}

/** The numbers of a constant of single or half precision. */
export function floatsOf({ type, raw }: Constant): Float32Array {
  if (type === ELEMENT.float) return new Float32Array(aligned(raw));
  if (type === ELEMENT.half) return fromHalf(new Uint16Array(aligned(raw)));
  throw new UnexpectedGraph(`a weight is of the type ${type}, expected float or float16`);
}

/** Whole numbers of a constant, e.g. of sizes and axes; `null` for another kind of constant. */
export function wholesOf({ type, raw }: Constant): number[] | null {
  if (type === ELEMENT.int64) return Array.from(new BigInt64Array(aligned(raw)), Number);
  if (type === ELEMENT.int32) return Array.from(new Int32Array(aligned(raw)));
  return null;
}

type Numbers = Float32Array | Uint8Array | Int8Array | Int32Array | BigInt64Array;

const typeOf = (values: Numbers): number => {
  if (values instanceof Float32Array) return ELEMENT.float;
  if (values instanceof Uint8Array) return ELEMENT.uint8;
  if (values instanceof Int8Array) return ELEMENT.int8;
  return values instanceof Int32Array ? ELEMENT.int32 : ELEMENT.int64;
};

/** A constant of the array's own type; a list of one number and no sizes is a scalar. */
export function constantOf(values: Numbers, dims: number[] = [values.length]): Constant {
  return { type: typeOf(values), dims, raw: Buffer.from(values.buffer, values.byteOffset, values.byteLength) };
}

export const scalar = (values: Numbers): Constant => constantOf(values, []);
