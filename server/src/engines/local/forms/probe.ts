import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type FloatGraph, modelOf, type Step } from '../onnx/float-graph';
import { ints } from '../onnx/model';
import { writeModel } from '../onnx/write';
import { quantize } from '../quantize/quantize';
import type { SmallForm } from './form';

const SIDE = 192;
const CHANNELS = 64;
/** What the little network answers to a white picture, away from its edges: the sigmoid of 2. */
const ANSWER = 1 / (1 + Math.exp(-2));
const NEAR = 0.03;
const ROUNDS = 4;

export interface Measured {
  /** Whether sums came out as they are. */
  exact: boolean;
  /** Time in single precision over time in 8 bits. */
  ratio: number;
}

/**
 * Tries 8-bit arithmetic on this processor with a network of three convolutions, in a fraction of a second. All of its
 * numbers are the largest there are. Where the processor adds two products in 16 bits (AVX2 without VNNI), 8-bit weights
 * overflow, and the answer is another one.
 *
 * @param side of the pictures it works on; small ones tell nothing of the speed
 */
export async function probe(form: SmallForm, options: InferenceSession.SessionOptions, side = SIDE): Promise<Measured> {
  const graph = network(side);
  const input = { mean: [0, 0, 0], std: [1, 1, 1] };
  const ranges = graph.steps.flatMap(({ op }): [number, number][] => (op === 'Relu' ? [[0, 1]] : []));
  const small = Buffer.concat(writeModel(quantize(graph, { ranges, input, paired: form === 'paired' })));
  const float = Buffer.concat(writeModel(modelOf(graph)));
  const [small8, full] = await Promise.all([small, float].map((file) => InferenceSession.create(file, options)));
  try {
    const white = new Tensor('uint8', new Uint8Array(3 * side * side).fill(255), [1, side, side, 3]);
    const ones = new Tensor('float32', new Float32Array(3 * side * side).fill(1), [1, 3, side, side]);
    const middle = await answer(small8!, white, side);
    if (Math.abs(middle - ANSWER) > NEAR) return { exact: false, ratio: 0 };
    return {
      exact: true,
      ratio: await compare(
        () => answer(full!, ones, side),
        () => answer(small8!, white, side),
      ),
    };
  } finally {
    await Promise.all([small8!.release(), full!.release()]);
  }
}

/** The best of some runs in turn: what else the machine does makes a run slower, never faster. */
async function compare(slow: () => Promise<unknown>, fast: () => Promise<unknown>): Promise<number> {
  const best = [Infinity, Infinity];
  for (let round = 0; round < ROUNDS; round++)
    for (const [i, run] of [slow, fast].entries()) {
      const start = performance.now();
      await run();
      best[i] = Math.min(best[i]!, performance.now() - start);
    }
  return best[0]! / best[1]!;
}

async function answer(session: InferenceSession, picture: Tensor, side: number): Promise<number> {
  const results = await session.run({ [session.inputNames[0]!]: picture });
  const { data } = results[session.outputNames[0]!]!;
  return (data as Float32Array)[(side >> 1) * side + (side >> 1)]!;
}

/** Means of means of white, which is 1; the last convolution makes 2 of it. */
function network(side: number): FloatGraph {
  const steps: Step[] = [];
  const shape = (channels: number): number[] => [1, channels, side, side];
  const convolution = (from: number, to: number, gain: number, bias: number): void => {
    const values = new Float32Array(from * to * 9).fill(gain / (from * 9));
    const weights = { dims: [to, from, 3, 3], values, bias: new Float32Array(to).fill(bias) };
    const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), strides: ints([1, 1]) };
    steps.push({ op: 'Conv', reads: [steps.length - 1], shape: shape(to), attributes, weights });
  };
  for (const from of [3, CHANNELS, CHANNELS]) {
    convolution(from, CHANNELS, 1, 0);
    steps.push({ op: 'Relu', reads: [steps.length - 1], shape: shape(CHANNELS), attributes: {} });
  }
  convolution(CHANNELS, 1, 4, -2);
  steps.push({ op: 'Sigmoid', reads: [steps.length - 1], shape: shape(1), attributes: {} });
  return { input: { name: 'input', shape: shape(3) }, output: 'output', steps };
}
