import { floatsOf, wholesOf } from './numbers';
import { type Constant, intOf, intsOf, type Node, textOf, UnexpectedGraph } from './model';

/**
 * Sizes of tensors, worked out before the graph runs. With the picture's size fixed, all of the nodes that exporters write
 * to compute the size of an enlargement (Shape, Slice, Gather, Concat, …) come down to lists of numbers.
 */

const product = (values: number[]): number => values.reduce((all, value) => all * value, 1);

/** Sizes of a convolution's or a pool's output along the two sides of the picture. */
function slid(node: Node, [height, width]: [number, number], kernel: number[]): [number, number] {
  if (textOf(node, 'auto_pad', 'NOTSET') !== 'NOTSET') throw new UnexpectedGraph(`${node.op} pads by itself`);
  const strides = intsOf(node, 'strides', [1, 1]);
  const dilations = intsOf(node, 'dilations', [1, 1]);
  const pads = intsOf(node, 'pads', [0, 0, 0, 0]);
  const round = intOf(node, 'ceil_mode', 0) === 1 ? Math.ceil : Math.floor;
  const along = (size: number, axis: 0 | 1): number => {
    const room = size + pads[axis]! + pads[axis + 2]! - dilations[axis]! * (kernel[axis]! - 1) - 1;
    return round(room / strides[axis]!) + 1;
  };
  return [along(height, 0), along(width, 1)];
}

/** The picture-shaped output of a node. @param inputs shapes of its inputs, as far as they are tensors */
export function shapeOf(node: Node, inputs: number[][], weights: Constant | null, resized: number[] | null): number[] {
  const [first] = inputs;
  if (!first) throw new UnexpectedGraph(`${node.op} has no input`);
  const [batch, channels, height, width] = first as [number, number, number, number];
  switch (node.op) {
    case 'Conv':
      return [batch, weights!.dims[0]!, ...slid(node, [height, width], weights!.dims.slice(2))];
    case 'MaxPool':
      return [batch, channels, ...slid(node, [height, width], intsOf(node, 'kernel_shape', []))];
    case 'Concat':
      return [batch, inputs.reduce((sum, shape) => sum + shape[1]!, 0), height, width];
    case 'Resize':
      return resized!;
    default:
      return first;
  }
}

/** What the third and fourth input of a Resize say: factors, or sizes. */
export function resizedShape(shape: number[], scales: Constant | null, sizes: number[] | null): number[] {
  if (sizes?.length === shape.length) return sizes;
  const factors = scales && product(scales.dims) > 0 ? [...floatsOf(scales)] : [];
  if (factors.length === shape.length) return shape.map((size, axis) => Math.floor(size * factors[axis]!));
  throw new UnexpectedGraph('the size of an enlargement is not known beforehand');
}

/** A node that only works on sizes, given the numbers of its inputs; `null` where one of them is not known. */
export function wholes(node: Node, inputs: (number[] | null)[]): number[] | null {
  if (inputs.some((input) => input === null)) return null;
  const [first = [], ...others] = inputs as number[][];
  switch (node.op) {
    case 'Concat':
      return [first, ...others].flat();
    case 'Gather':
      return others[0]!.map((index) => first.at(index)!);
    case 'Unsqueeze':
    case 'Squeeze':
      return first;
    case 'Slice': {
      const starts = others[0] ?? intsOf(node, 'starts', [0]);
      const ends = others[1] ?? intsOf(node, 'ends', [first.length]);
      return first.slice(starts[0], Math.min(ends[0]!, first.length));
    }
    default:
      return null;
  }
}

export const constantWholes = (constant: Constant | undefined): number[] | null =>
  constant ? wholesOf(constant) : null;
