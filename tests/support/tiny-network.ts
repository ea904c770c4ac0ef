import { toHalf } from '../../server/src/engines/local/half';
import { ELEMENT, int, ints, type Model, type Node, text } from '../../server/src/engines/local/onnx/model';
import { constantOf } from '../../server/src/engines/local/onnx/numbers';
import { seeded } from '../fixtures/random';

/**
 * A network with every part that ISNet has: strides, pools that round up, enlargements to another tensor's size, joins of
 * channels, sums, a head of one channel. What differs between exporters can be chosen.
 */
export interface Export {
  /** Weights of half precision with casts around, as in the npm package. */
  half?: boolean;
  /** Convolutions without bias, followed by batch norms. */
  norms?: boolean;
  /** Sizes by Gather and Unsqueeze instead of Slice. */
  gather?: boolean;
  /** Put before every name. */
  prefix?: string;
  /** The nodes' order in the file. */
  reversed?: boolean;
}

export const SIDE = 36;
export const CHANNELS = 16;

export function tinyNetwork({
  half = false,
  norms = false,
  gather = false,
  prefix = '',
  reversed,
}: Export = {}): Model {
  const model: Model = { opsets: { '': 13 }, nodes: [], constants: new Map(), inputs: [], outputs: [] };
  const random = seeded(7);
  const name = (plain: string): string => `${prefix}${plain}`;
  const put = (plain: string, values: Float32Array | BigInt64Array, dims?: number[]): string => {
    const constant = constantOf(values, dims);
    if (half && values instanceof Float32Array) {
      const bits = toHalf(values);
      Object.assign(constant, { type: ELEMENT.half, raw: Buffer.from(bits.buffer) });
    }
    model.constants.set(name(plain), constant);
    return name(plain);
  };
  const add = (op: string, inputs: string[], output: string, attributes: Node['attributes'] = {}): string => {
    model.nodes.push({ op, domain: '', inputs, outputs: [name(output)], attributes });
    return name(output);
  };
  const cast = (from: string, to: number): string =>
    half ? add('Cast', [from], `${from}.to${to}`, { to: int(to) }) : from;

  const conv = (from: string, id: string, [inputs, outputs]: [number, number], stride = 1): string => {
    const size = inputs * 9;
    // Whole steps of a power of two are the same in half precision.
    const weight = (): number => Math.round((random() - 0.45) * 64) / 64 / Math.sqrt(inputs);
    const rounded = (value: number): number => Math.round(value * 256) / 256;
    const weights = put(
      `${id}.w`,
      Float32Array.from({ length: outputs * size }, () => rounded(weight())),
      [...[outputs, inputs, 3, 3]],
    );
    const bias = Float32Array.from({ length: outputs }, () => rounded(random() - 0.5));
    const attributes = { kernel_shape: ints([3, 3]), pads: ints([1, 1, 1, 1]), strides: ints([stride, stride]) };
    if (!norms) return add('Conv', [from, weights, put(`${id}.b`, bias)], `${id}.conv`, attributes);
    const plain = add('Conv', [from, weights], `${id}.conv`, attributes);
    const ones = put(`${id}.gamma`, new Float32Array(outputs).fill(1));
    // A variance of 1 − ε leaves the weights as they are.
    const variance = put(`${id}.var`, new Float32Array(outputs).fill(1));
    const mean = put(
      `${id}.mean`,
      bias.map((value) => -value),
    );
    const zeros = put(`${id}.beta`, new Float32Array(outputs));
    const epsilon = { epsilon: { kind: 'float' as const, value: 0 } };
    return add('BatchNormalization', [plain, ones, zeros, mean, variance], `${id}.norm`, epsilon);
  };
  const relu = (from: string): string => add('Relu', [from], `${from.slice(prefix.length)}.relu`);

  const enlarged = (from: string, like: string, id: string): string => {
    const shape = add('Shape', [like], `${id}.shape`);
    const numbers = (plain: string, ...values: number[]): string =>
      put(`${id}.${plain}`, BigInt64Array.from(values, BigInt));
    const channels = numbers('channels', 1, CHANNELS);
    const side = (axis: number): string => {
      const picked = add('Gather', [shape, numbers(`axis${axis}`, axis)], `${id}.side${axis}`);
      return add('Unsqueeze', [picked, numbers(`zero${axis}`, 0)], `${id}.list${axis}`);
    };
    const sides = gather
      ? [side(2), side(3)]
      : [add('Slice', [shape, numbers('from', 2), numbers('to', 4), numbers('axes', 0)], `${id}.sides`)];
    const sizes = add('Concat', [channels, ...sides], `${id}.sizes`, { axis: int(0) });
    const attributes = { mode: text('linear'), coordinate_transformation_mode: text('half_pixel') };
    return cast(add('Resize', [cast(from, ELEMENT.float), '', '', sizes], `${id}.up`, attributes), ELEMENT.half);
  };

  const picture = cast(name('input'), ELEMENT.half);
  const first = relu(conv(picture, 'first', [3, CHANNELS], 2));
  const pool = { kernel_shape: ints([2, 2]), strides: ints([2, 2]), ceil_mode: int(1) };
  const deep = relu(conv(add('MaxPool', [first], 'pool', pool), 'deep', [CHANNELS, CHANNELS]));
  const joined = add('Concat', [enlarged(deep, first, 'deep'), first], 'joined', { axis: int(1) });
  const merged = relu(conv(joined, 'merged', [2 * CHANNELS, CHANNELS]));
  const sum = add('Add', [merged, first], 'sum');
  const signed = conv(sum, 'signed', [CHANNELS, CHANNELS]);
  const head = conv(signed, 'head', [CHANNELS, 1]);
  const side = add('Shape', [name('input')], 'full.shape');
  const sides = put('full.from', BigInt64Array.of(2n));
  const axes = put('full.axes', BigInt64Array.of(0n));
  const ends = put('full.to', BigInt64Array.of(4n));
  const size = add(
    'Concat',
    [put('full.one', BigInt64Array.of(1n, 1n)), add('Slice', [side, sides, ends, axes], 'full.sides')],
    'full.size',
    { axis: int(0) },
  );
  const resize = { mode: text('linear'), coordinate_transformation_mode: text('half_pixel') };
  const full = cast(add('Resize', [cast(head, ELEMENT.float), '', '', size], 'full', resize), ELEMENT.half);
  const matte = add('Sigmoid', [full], half ? 'matte.half' : 'matte');
  if (half) add('Cast', [matte], 'matte', { to: int(ELEMENT.float) });
  add('Relu', [deep], 'unused');
  model.inputs = [{ name: name('input'), type: ELEMENT.float, dims: [1, 3, SIDE, SIDE] }];
  model.outputs = [{ name: name('matte'), type: ELEMENT.float, dims: [1, 1, SIDE, SIDE] }];
  if (reversed) model.nodes.reverse();
  return model;
}
