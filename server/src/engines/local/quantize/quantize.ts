import { type FloatGraph, type Step, tensorName } from '../onnx/float-graph';
import { type Constant, ELEMENT, int, ints, type Model, type Node, UnexpectedGraph } from '../onnx/model';
import { constantOf, scalar } from '../onnx/numbers';
import { quantizeConvolution, type QuantizedConvolution, type Scale, scaleOf } from './convolution';
import { meansOf } from './means';
import { INPUT_GROUP, type Points, pointsOf } from './points';

export interface QuantizeOptions {
  /** The smallest and largest value of each ranged step, in the order of `Points.ranged`. */
  ranges: readonly (readonly [number, number])[];
  /** What the convolutions read on average, see means.ts; nothing is known of it when left out. */
  means?: Int8Array | undefined;
  /** Per channel, on x/255: (x/255 − mean) / std. */
  input: { mean: readonly number[]; std: readonly number[] };
  /** For processors that add two products in 16 bits, see convolution.ts. */
  paired: boolean;
}

/**
 * The network in 8 bits (after Jacob et al., arXiv:1712.05877): weights with a scale per output channel, results with
 * one scale per tensor and ReLU as the lower end of its range, sums in 32 bits. Its input is the picture itself, uint8
 * and interleaved [1, height, width, 3]; its output is that of the network in single precision.
 *
 * @throws UnexpectedGraph for a network with other parts, or with another number of ranges.
 */
export function quantize(graph: FloatGraph, options: QuantizeOptions): Model {
  const points = pointsOf(graph);
  if (points.ranged.length !== options.ranges.length)
    throw new UnexpectedGraph(`it has ${points.ranged.length} ranges, the recipe ${options.ranges.length}`);
  const out: Pick<Model, 'nodes' | 'constants'> = { nodes: [], constants: new Map() };
  const scales = scalesOf(points, options);
  const means = meansOf(graph, options.means, reachOf(points, scales));
  const context: Context = { graph, points, options, scales, means, out };
  emitInput(context);
  for (const at of graph.steps.keys()) emit(context, at);
  const [, channels, height, width] = graph.input.shape as [number, number, number, number];
  const last = graph.steps.length - 1;
  return {
    opsets: { '': OPSET, 'com.microsoft': 1 },
    ...out,
    inputs: [{ name: 'picture', type: ELEMENT.uint8, dims: [1, height, width, channels] }],
    outputs: [{ name: tensorName(last), type: ELEMENT.float, dims: graph.steps[last]!.shape }],
  };
}

const OPSET = 13;

interface Context {
  graph: FloatGraph;
  points: Points;
  options: QuantizeOptions;
  /** By group. */
  scales: Map<number, Scale>;
  /** Of each channel, by the step that a convolution reads. */
  means: Map<number, Float32Array>;
  out: Pick<Model, 'nodes' | 'constants'>;
}

/** By group, whose range holds those of all its members. */
export function scalesOf(
  { ranged, group }: Points,
  { ranges, input }: Pick<QuantizeOptions, 'ranges' | 'input'>,
): Map<number, Scale> {
  const spans = new Map<number, [number, number]>();
  for (const [index, at] of ranged.entries()) {
    const [low, high] = ranges[index]!;
    const known = spans.get(group[at]!) ?? [0, 0];
    spans.set(group[at]!, [Math.min(known[0], low), Math.max(known[1], high)]);
  }
  const middle = input.mean.reduce((sum, value) => sum + value, 0) / input.mean.length;
  // The picture as it is: nothing is lost. What mean and deviation differ by goes into the first weights and bias.
  const own: Scale = { scale: Math.fround(1 / 255), zero: Math.round(255 * middle) };
  return new Map([[INPUT_GROUP, own], ...[...spans].map(([at, span]) => [at, scaleOf(span)] as const)]);
}

/** The largest number that a step's result can be, be it below 0. */
export function reachOf({ group }: Points, scales: Map<number, Scale>): (step: number) => number {
  return (step) => {
    const { scale, zero } = scales.get(step < 0 ? INPUT_GROUP : group[step]!)!;
    return scale * Math.max(zero, 255 - zero);
  };
}

function emitInput({ points, out, scales, graph }: Context): void {
  out.nodes.push(node('Transpose', ['picture'], 'input', { perm: ints([0, 3, 1, 2]) }));
  for (const [group, { scale, zero }] of scales) {
    out.constants.set(`scale${group}`, scalar(Float32Array.of(scale)));
    out.constants.set(`zero${group}`, scalar(Uint8Array.of(zero)));
  }
  out.constants.set('one', scalar(Float32Array.of(1)));
  out.constants.set('none', scalar(Uint8Array.of(0)));
  if (points.head < 0 || graph.steps.length === 0) throw new UnexpectedGraph('it has no steps');
}

const node = (
  op: string,
  inputs: string[],
  output: string,
  attributes: Node['attributes'] = {},
  domain = '',
): Node => ({
  ...{ op, domain, inputs, outputs: [output], attributes },
});

function emit(context: Context, at: number): void {
  const { graph, points, out } = context;
  const step = graph.steps[at]!;
  if (at === points.head) return emitHead(context, at);
  switch (step.op) {
    case 'Conv':
      return emitConvolution(context, at);
    case 'Add': {
      const inputs = [...step.reads, points.relu.get(at) ?? at].map((read) => scaleNames(context, read));
      const [one, other, sum] = inputs as [string[], string[], string[]];
      const names = [resultOf(context, step.reads[0]!), ...one, resultOf(context, step.reads[1]!), ...other, ...sum];
      out.nodes.push(node('QLinearAdd', names, resultOf(context, at), {}, 'com.microsoft'));
      return;
    }
    case 'Relu':
      // Part of the range of what it follows.
      return;
    default:
      emitMove(context, at, step);
  }
}

/** A step that only moves numbers does the same to 8-bit ones, and to the single ones behind the head. */
function emitMove(context: Context, at: number, step: Step): void {
  const inputs = step.reads.map((read) => resultOf(context, read));
  if (step.op === 'Resize') {
    context.out.constants.set(`size${at}`, constantOf(BigInt64Array.from(step.shape, BigInt)));
    inputs.push('', '', `size${at}`);
  }
  const { nodes } = context.out;
  const name = tensorName(at);
  if (step.op !== 'Resize' || at > context.points.head) {
    nodes.push(node(step.op, inputs, name, attributesOf(step)));
    return;
  }
  // The runtime's own for 8 bits cuts fractions off instead of rounding: half a step is lost at each enlargement.
  nodes.push(
    node('Cast', [inputs[0]!], `${name}.wide`, { to: int(ELEMENT.float) }),
    node('Resize', [`${name}.wide`, ...inputs.slice(1)], `${name}.large`, attributesOf(step)),
    node('QuantizeLinear', [`${name}.large`, 'one', 'none'], name),
  );
}

/** The runtime has no dilated pool for 8 bits, and no network here has one. */
function attributesOf({ op, attributes }: Step): Node['attributes'] {
  if (op !== 'MaxPool') return attributes;
  const { dilations: _, ...others } = attributes;
  return others;
}

/** The name that a step's result has; a folded ReLU and what it follows have one. */
function resultOf({ points }: Context, at: number): string {
  for (const [source, folded] of points.relu) if (folded === at) return tensorName(source);
  return tensorName(at);
}

const groupOf = ({ points }: Context, at: number): number => (at < 0 ? INPUT_GROUP : points.group[at]!);
const scaleNames = (context: Context, at: number): string[] => {
  const group = groupOf(context, at);
  return [`scale${group}`, `zero${group}`];
};

function emitConvolution(context: Context, at: number): void {
  const step = context.graph.steps[at]!;
  const inputScale = context.scales.get(groupOf(context, step.reads[0]!))!.scale;
  const { weights, bias } = prepared(context, at);
  const means = context.means.get(step.reads[0]!)!;
  const quantized = quantizeConvolution(weights, bias, { inputScale, paired: context.options.paired, means });
  pushConvolution(context, at, quantized, weights.dims, scaleNames(context, at));
}

function pushConvolution(
  context: Context,
  at: number,
  { weights, scales, bias }: QuantizedConvolution,
  dims: number[],
  output: string[],
): void {
  const { graph, out } = context;
  const step = graph.steps[at]!;
  const put = (prefix: string, constant: Constant): string => {
    out.constants.set(`${prefix}${at}`, constant);
    return `${prefix}${at}`;
  };
  const [source] = step.reads as [number];
  const inputs = [
    resultOf(context, source),
    ...scaleNames(context, source),
    put('weights', constantOf(weights, dims)),
    put('weightScale', constantOf(scales)),
    put('weightZero', constantOf(new Int8Array(scales.length))),
    ...output,
    put('bias', constantOf(bias)),
  ];
  out.nodes.push(node('QLinearConv', inputs, tensorName(at), step.attributes));
}

type Weights = NonNullable<Step['weights']>;

/** A convolution's weights and bias; of one that reads the picture, with its mean and deviation in them. */
function prepared(context: Context, at: number): { weights: Weights; bias: Float32Array } {
  const { weights, reads } = context.graph.steps[at]!;
  const { input } = context.options;
  const bias = weights!.bias.slice();
  if (reads[0] !== INPUT_GROUP) return { weights: weights!, bias };
  const values = weights!.values.slice();
  const [outputs, channels] = weights!.dims as [number, number];
  const size = values.length / outputs / channels;
  const zero = context.scales.get(INPUT_GROUP)!.zero / 255;
  for (let i = 0; i < values.length; i++) {
    const channel = Math.floor(i / size) % channels;
    values[i]! /= input.std[channel]!;
    // The picture counts from the zero point; the network from the mean.
    bias[Math.floor(i / size / channels)]! += values[i]! * (zero - input.mean[channel]!);
  }
  return { weights: { ...weights!, values }, bias };
}

/** Where the sigmoid has reached 0.00005 of its ends. */
const LOGIT_REACH = 10;
/** Fewer output channels than this miss the runtime's fast kernel. */
const HEAD_CHANNELS = 16;

/**
 * The last convolution. 256 steps are few for what a sigmoid follows: one of 0.1 is 6 grey levels at an edge. The
 * runtime wants 16 channels in any case, so each repeats the weights and covers a sixteenth of the range, full or empty
 * beyond its ends; their sum has 4080 steps.
 */
function emitHead(context: Context, at: number): void {
  const { scales, options, graph, out } = context;
  const step = graph.steps[at]!;
  const { weights, bias } = prepared(context, at);
  const span = (2 * LOGIT_REACH) / HEAD_CHANNELS;
  const { dims, values } = weights;
  const repeated = new Float32Array(values.length * HEAD_CHANNELS);
  for (let channel = 0; channel < HEAD_CHANNELS; channel++) repeated.set(values, channel * values.length);
  const shifted = Float32Array.from({ length: HEAD_CHANNELS }, (_, i) => bias[0]! + LOGIT_REACH - i * span);
  const inputScale = scales.get(groupOf(context, step.reads[0]!))!.scale;
  const shape = [HEAD_CHANNELS, ...dims.slice(1)];
  const means = context.means.get(step.reads[0]!)!;
  const { paired } = options;
  const quantized = quantizeConvolution({ dims: shape, values: repeated }, shifted, { inputScale, paired, means });
  out.constants.set('headScale', scalar(Float32Array.of(span / 255)));
  out.constants.set('headZero', scalar(Uint8Array.of(0)));
  out.constants.set('headAxis', constantOf(BigInt64Array.of(1n)));
  out.constants.set('headReach', scalar(Float32Array.of(LOGIT_REACH)));
  pushConvolution(context, at, quantized, shape, ['headScale', 'headZero']);
  const conv = out.nodes.at(-1)!;
  conv.outputs = ['head'];
  out.nodes.push(
    node('DequantizeLinear', ['head', 'headScale', 'headZero'], 'headParts'),
    node('ReduceSum', ['headParts', 'headAxis'], 'headSum', { keepdims: int(1) }),
    node('Sub', ['headSum', 'headReach'], tensorName(at)),
  );
}
