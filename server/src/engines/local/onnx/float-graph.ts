import { constantOf, floatsOf } from './numbers';
import { constantWholes, resizedShape, shapeOf, wholes } from './shapes';
import {
  type Constant,
  ELEMENT,
  int,
  intOf,
  intsOf,
  type Model,
  type Node,
  text,
  textOf,
  UnexpectedGraph,
} from './model';

/** A step of a network in single precision. What it reads are the results of earlier steps, by number; -1 is the input. */
export interface Step {
  op: 'Conv' | 'Relu' | 'MaxPool' | 'Concat' | 'Resize' | 'Add' | 'Sigmoid';
  reads: number[];
  /** Sizes of the result. */
  shape: number[];
  attributes: Node['attributes'];
  /** Of a convolution. */
  weights?: { dims: number[]; values: Float32Array; bias: Float32Array };
}

/**
 * A convolutional network brought into one form, whatever its exporter made of it: single precision, batch norms folded
 * into their convolutions, sizes as numbers, no name left, and the steps in an order that follows from the structure
 * alone (depth first from the output, inputs in their order). So the same network has the same steps at the same
 * places, be it from a file of half precision or of single precision, and of whatever names.
 */
export interface FloatGraph {
  input: { name: string; shape: number[] };
  output: string;
  steps: Step[];
}

const PLAIN = ['Relu', 'MaxPool', 'Concat', 'Resize', 'Add', 'Sigmoid'] as const;
/** Nodes that hand their first input on; a Cast of this kind of network is between precisions. */
const HANDS_ON = ['Cast', 'Identity', 'Dropout'];

/**
 * @param output name of the wanted output; the graph's first when left out
 * @throws UnexpectedGraph where the network has other parts than these.
 */
export function floatGraph(model: Model, output: string | undefined = model.outputs[0]?.name): FloatGraph {
  const [input] = model.inputs;
  if (!input || model.inputs.length > 1)
    throw new UnexpectedGraph(`it has ${model.inputs.length} inputs, expected one`);
  if (output === undefined || !model.outputs.some(({ name }) => name === output))
    throw new UnexpectedGraph(`it has no output "${output ?? ''}"`);
  if (input.dims.length !== 4 || input.dims.slice(1).some((size) => size <= 0))
    throw new UnexpectedGraph(`its input has the shape [${input.dims.join(', ')}], expected four fixed sizes`);
  const shape = [1, ...input.dims.slice(1)];
  return { input: { name: input.name, shape }, output, steps: walk(model, input.name, shape, output) };
}

type Makers = Map<string, Node>;

function walk(model: Model, input: string, inputShape: number[], output: string): Step[] {
  const makers: Makers = new Map(model.nodes.flatMap((node) => node.outputs.map((name) => [name, node] as const)));
  const constants = withConstantNodes(model);
  const steps: Step[] = [];
  const numbers = new Map<string, number>([[input, -1]]);
  const shapeAt = (at: number): number[] => (at < 0 ? inputShape : steps[at]!.shape);

  /** Whole numbers that a name stands for, from the shapes found so far. */
  const sizes = (name: string | undefined): number[] | null => {
    if (!name) return null;
    const maker = makers.get(name);
    if (!maker || constants.has(name)) return constantWholes(constants.get(name));
    if (HANDS_ON.includes(maker.op)) return sizes(maker.inputs[0]);
    if (maker.op === 'Shape') return shapeAt(numberOf(maker.inputs[0]!));
    return wholes(maker, maker.inputs.map(sizes));
  };

  const stepOf = (node: Node): Step => {
    if (node.domain !== '') throw new UnexpectedGraph(`it has the operator ${node.domain}.${node.op}`);
    if (node.op === 'BatchNormalization') return normalised(node);
    const isConv = node.op === 'Conv';
    const known = PLAIN.find((op) => op === node.op);
    if (!isConv && !known) throw new UnexpectedGraph(`it has the operator ${node.op}`);
    const reads = node.op === 'Add' || node.op === 'Concat' ? node.inputs : node.inputs.slice(0, 1);
    const at = reads.map(numberOf);
    const weights = isConv ? constantOfName(node.inputs[1]) : null;
    const resized =
      node.op === 'Resize'
        ? resizedShape(shapeAt(at[0]!), constants.get(node.inputs[2] ?? '') ?? null, sizes(node.inputs[3]))
        : null;
    const shape = shapeOf(node, at.map(shapeAt), weights, resized);
    return {
      op: known ?? 'Conv',
      reads: at,
      shape,
      attributes: attributesOf(node, weights, shape),
      ...(weights && { weights: weightsOf(weights, node.inputs[2] ? constantOfName(node.inputs[2]) : null) }),
    };
  };

  const constantOfName = (name: string | undefined): Constant => {
    const maker = makers.get(name ?? '');
    if (maker && HANDS_ON.includes(maker.op)) return constantOfName(maker.inputs[0]);
    const found = constants.get(name ?? '');
    if (!found) throw new UnexpectedGraph('the weights of a convolution are computed');
    return found;
  };

  /** A batch norm's convolution with the norm in it; nothing else may read the bare convolution. */
  const normalised = (node: Node): Step => {
    const [source = '', ...names] = node.inputs;
    const conv = makers.get(source);
    const isShared = model.nodes.filter(({ inputs }) => inputs.includes(source)).length > 1;
    if (conv?.op !== 'Conv' || isShared || numbers.has(source))
      throw new UnexpectedGraph('a batch norm does not follow a convolution of its own');
    const step = stepOf(conv);
    const epsilon = node.attributes.epsilon?.kind === 'float' ? node.attributes.epsilon.value : 1e-5;
    foldNorm(
      step.weights!,
      names.map((name) => floatsOf(constantOfName(name))),
      epsilon,
    );
    return step;
  };

  const numberOf = (name: string): number => {
    const known = numbers.get(name);
    if (known !== undefined) return known;
    const node = makers.get(name);
    if (!node) throw new UnexpectedGraph(`nothing makes the tensor "${name}"`);
    if (HANDS_ON.includes(node.op)) {
      const passed = numberOf(node.inputs[0]!);
      numbers.set(name, passed);
      return passed;
    }
    const number = steps.push(stepOf(node)) - 1;
    numbers.set(name, number);
    return number;
  };

  numberOf(output);
  return steps;
}

function withConstantNodes({ constants, nodes }: Model): Map<string, Constant> {
  const all = new Map(constants);
  for (const { op, outputs, attributes } of nodes)
    if (op === 'Constant' && attributes.value?.kind === 'constant') all.set(outputs[0]!, attributes.value.value);
  return all;
}

/** Only what the operators of `Step` need, defaults written out, so that equal steps have equal attributes. */
function attributesOf(node: Node, weights: Constant | null, shape: number[]): Node['attributes'] {
  const slides = {
    kernel_shape: { kind: 'ints' as const, value: weights?.dims.slice(2) ?? intsOf(node, 'kernel_shape', []) },
    pads: { kind: 'ints' as const, value: intsOf(node, 'pads', [0, 0, 0, 0]) },
    strides: { kind: 'ints' as const, value: intsOf(node, 'strides', [1, 1]) },
    dilations: { kind: 'ints' as const, value: intsOf(node, 'dilations', [1, 1]) },
  };
  if (node.op === 'Conv') {
    if (intOf(node, 'group', 1) !== 1) throw new UnexpectedGraph('a convolution works in groups');
    return slides;
  }
  if (node.op === 'MaxPool') return { ...slides, ceil_mode: int(intOf(node, 'ceil_mode', 0)) };
  if (node.op === 'Concat') {
    if (![1, 1 - shape.length].includes(intOf(node, 'axis', 0)))
      throw new UnexpectedGraph('it joins other than channels');
    return { axis: int(1) };
  }
  if (node.op !== 'Resize') return {};
  const mode = textOf(node, 'mode', 'nearest');
  const centres = textOf(node, 'coordinate_transformation_mode', 'half_pixel');
  if (mode !== 'linear' || !['half_pixel', 'pytorch_half_pixel'].includes(centres))
    throw new UnexpectedGraph(`it enlarges by "${mode}" with "${centres}"`);
  // The two differ where a side becomes one pixel only.
  const isSame = shape.slice(2).every((size) => size > 1);
  return { mode: text('linear'), coordinate_transformation_mode: text(isSame ? 'half_pixel' : centres) };
}

function weightsOf(weights: Constant, bias: Constant | null): NonNullable<Step['weights']> {
  const values = floatsOf(weights);
  return { dims: weights.dims, values, bias: bias ? floatsOf(bias) : new Float32Array(weights.dims[0]!) };
}

/** w' = w · γ / √(σ² + ε), b' = (b − μ) · γ / √(σ² + ε) + β. */
function foldNorm({ values, bias }: NonNullable<Step['weights']>, norm: Float32Array[], epsilon: number): void {
  const [gamma, beta, mean, variance] = norm as [Float32Array, Float32Array, Float32Array, Float32Array];
  const size = values.length / bias.length;
  for (let channel = 0; channel < bias.length; channel++) {
    const factor = gamma[channel]! / Math.sqrt(variance[channel]! + epsilon);
    for (let i = channel * size; i < (channel + 1) * size; i++) values[i]! *= factor;
    bias[channel] = (bias[channel]! - mean[channel]!) * factor + beta[channel]!;
  }
}

export const tensorName = (step: number): string => (step < 0 ? 'input' : `t${step}`);
const OPSET = 13;

/** The network as a model again. @param outputs steps whose results it gives; the last one when left out */
export function modelOf({ input, steps }: FloatGraph, outputs: number[] = [steps.length - 1]): Model {
  const constants = new Map<string, Constant>();
  const nodes = steps.map((step, at): Node => {
    const inputs = step.reads.map(tensorName);
    if (step.weights) {
      constants.set(`w${at}`, constantOf(step.weights.values, step.weights.dims));
      constants.set(`b${at}`, constantOf(step.weights.bias));
      inputs.push(`w${at}`, `b${at}`);
    }
    if (step.op === 'Resize') {
      constants.set(`s${at}`, constantOf(BigInt64Array.from(step.shape, BigInt)));
      inputs.push('', '', `s${at}`);
    }
    return { op: step.op, domain: '', inputs, outputs: [tensorName(at)], attributes: step.attributes };
  });
  return {
    opsets: { '': OPSET },
    nodes,
    constants,
    inputs: [{ name: 'input', type: ELEMENT.float, dims: input.shape }],
    outputs: outputs.map((at) => ({ name: tensorName(at), type: ELEMENT.float, dims: steps[at]!.shape })),
  };
}
