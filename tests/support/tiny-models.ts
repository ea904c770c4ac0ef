import type { ModelCard } from '../../server/src/engines/local/card';
import { encodeModel, type Node } from './onnx-graph';

/**
 * Graphs with the inputs and outputs of the model families, and next to nothing inside: the first output is
 * `STEEPNESS` times the mean of the three input channels, through a sigmoid where the family's own graph ends in one.
 * All other outputs hold the opposite, so that asking for the wrong one shows.
 */
export const STEEPNESS = 1.5;

interface Family {
  input: string;
  outputs: string[];
  /** Whether the graph itself ends in a sigmoid. */
  sigmoid: boolean;
}

const families = {
  /** Seven side outputs, each after a sigmoid: the fused one first. */
  u2net: { input: 'input.1', outputs: ['1959', '1960', '1961', '1962', '1963', '1964', '1965'], sigmoid: true },
  /** Six mattes and six feature maps; the fused matte first. */
  isnet: {
    input: 'input',
    outputs: ['output', ...Array.from({ length: 11 }, (_, index) => `side.${index}`)],
    sigmoid: true,
  },
  anime: { input: 'img', outputs: ['mask'], sigmoid: true },
  /** One output, before the sigmoid. */
  birefnet: { input: 'input_image', outputs: ['output_image'], sigmoid: false },
} satisfies Record<string, Family>;

export function familyOf(id: string): Family {
  if (id === 'isnet-anime') return families.anime;
  if (id.startsWith('isnet')) return families.isnet;
  return id.startsWith('birefnet') ? families.birefnet : families.u2net;
}

export function tinyModel({ id, input }: Pick<ModelCard, 'id' | 'input'>): Buffer {
  const family = familyOf(id);
  const shape = [1, 1, input.height, input.width];
  const [first = '', ...others] = family.outputs;
  const scaled = family.sigmoid ? 'scaled' : first;
  const nodes: Node[] = [
    { op: 'ReduceMean', inputs: [family.input], outputs: ['grey'], attributes: { axes: [1], keepdims: 1 } },
    { op: 'Mul', inputs: ['grey', 'steepness'], outputs: [scaled] },
    ...(family.sigmoid ? [{ op: 'Sigmoid', inputs: ['scaled'], outputs: [first] }] : []),
    ...others.map((name) => ({ op: 'Neg', inputs: [first], outputs: [name] })),
  ];
  return encodeModel({
    inputs: [{ name: family.input, shape: [1, 3, input.height, input.width] }],
    outputs: family.outputs.map((name) => ({ name, shape })),
    nodes,
    constants: { steepness: STEEPNESS },
  });
}

type Rgb = readonly [number, number, number];

/**
 * What the engine must make of flat colours, worked out from the card alone: the card's scaling and mean/std, the tiny
 * graph, the card's activation and its stretch to 0…1. In 0…255.
 */
export function expectedMatte(card: ModelCard, colours: readonly Rgb[]): number[] {
  const { mean, std, scale } = card.input;
  const divisor = scale === 'max' ? Math.max(...colours.flat()) : 255;
  const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x));
  const logits = colours.map((colour) => {
    const channels = colour.map((value, index) => (value / divisor - mean[index]!) / std[index]!);
    return (STEEPNESS * (channels[0]! + channels[1]! + channels[2]!)) / 3;
  });
  const values = logits.map(sigmoid);
  if (!card.output.normalise) return values.map((value) => value * 255);
  const low = Math.min(...values);
  const high = Math.max(...values);
  return values.map((value) => ((value - low) / (high - low)) * 255);
}
