import type { FloatGraph } from '../onnx/float-graph';
import { UnexpectedGraph } from '../onnx/model';

/**
 * What convolutions read on average, a byte for each channel of each step that one reads, in the order in which they do. The
 * picture is counted from its zero point. A byte is the root of a mean's share of the largest number there, since most
 * means are small.
 */
const LARGEST = 127;

/** Steps that convolutions read, -1 for the picture, and how many channels they have. */
export function convolutionInputs({ input, steps }: FloatGraph): { read: number; channels: number }[] {
  const reads = steps.flatMap(({ op, reads: [read] }) => (op === 'Conv' ? [read!] : []));
  return [...new Set(reads)].map((read) => ({ read, channels: (read < 0 ? input : steps[read]!).shape[1]! }));
}

/** Of each channel, by step; 0 without codes. @param reach the largest number that the result of a step can be */
export function meansOf(
  graph: FloatGraph,
  codes: Int8Array | undefined,
  reach: (read: number) => number,
): Map<number, Float32Array> {
  let at = 0;
  const means = new Map<number, Float32Array>();
  for (const { read, channels } of convolutionInputs(graph)) {
    const own = codes?.subarray(at, at + channels) ?? new Int8Array(channels);
    at += channels;
    const largest = reach(read);
    means.set(
      read,
      Float32Array.from(own, (code) => Math.sign(code) * (code / LARGEST) ** 2 * largest),
    );
  }
  if (codes && at !== codes.length)
    throw new UnexpectedGraph(`it has ${at} channels to read, the recipe ${codes.length}`);
  return means;
}

/** The byte of a mean. */
export const codeOf = (mean: number, largest: number): number =>
  Math.sign(mean) * Math.round(LARGEST * Math.sqrt(Math.min(1, Math.abs(mean) / largest)));

/** As a recipe has them. */
export const bytesOf = (means: string | undefined): Int8Array | undefined =>
  means === undefined ? undefined : new Int8Array(Buffer.from(means, 'base64'));
