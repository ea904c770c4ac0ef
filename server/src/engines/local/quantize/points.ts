import { type FloatGraph, type Step } from '../onnx/float-graph';
import { UnexpectedGraph } from '../onnx/model';

/**
 * Where a network's numbers are rounded to 8 bits: after each convolution and each sum, behind the ReLU that follows it.
 * What only moves numbers (pools, enlargements, joins of channels) keeps the scale of what it reads.
 */
export interface Points {
  /** Steps whose results carry a range of their own, in the graph's order: what a recipe's ranges are listed by. */
  ranged: number[];
  /** By step: the result's scale group. Members share one scale, since channels are joined as they are. */
  group: number[];
  /** By convolution or sum: the ReLU that is folded into its range, if one follows. */
  relu: Map<number, number>;
  /** The last convolution, of one channel; what follows it works in single precision. */
  head: number;
}

/** The group of the network's input. */
export const INPUT_GROUP = -1;
const TAIL: Step['op'][] = ['Resize', 'Sigmoid'];

/** @throws UnexpectedGraph where the network does not end in one channel, or has a ReLU in another place. */
export function pointsOf({ steps }: FloatGraph): Points {
  const readers = steps.map(() => [] as number[]);
  for (const [at, { reads }] of steps.entries()) for (const read of reads) if (read >= 0) readers[read]!.push(at);
  const head = headOf(steps);
  const relu = new Map<number, number>();
  const ranged: number[] = [];
  for (const [at, { op, reads }] of steps.entries()) {
    if (at >= head) break;
    if (op === 'Relu') {
      const [source] = reads as [number];
      if (!relu.has(source)) throw new UnexpectedGraph('a ReLU does not follow a convolution or sum of its own');
    }
    if (op !== 'Conv' && op !== 'Add') continue;
    const [next, ...others] = readers[at]!;
    const isFolded = next !== undefined && others.length === 0 && steps[next]!.op === 'Relu';
    if (isFolded) relu.set(at, next);
    ranged.push(isFolded ? next : at);
  }
  return { ranged, group: groupsOf(steps, relu, head), relu, head };
}

function headOf(steps: Step[]): number {
  let at = steps.length - 1;
  while (at >= 0 && TAIL.includes(steps[at]!.op)) [at = -1] = steps[at]!.reads;
  const found = steps[at];
  if (found?.op !== 'Conv' || found.shape[1] !== 1)
    throw new UnexpectedGraph('it does not end in a convolution of one channel');
  return at;
}

/** Union-find over the steps before the head. */
function groupsOf(steps: Step[], relu: Map<number, number>, head: number): number[] {
  const parent = steps.map((_, at) => at);
  const root = (at: number): number => (at < 0 || parent[at] === at ? at : root(parent[at]!));
  const join = (one: number, other: number): void => {
    const [a, b] = [root(one), root(other)];
    if (a === b) return;
    if (Math.min(a, b) === INPUT_GROUP) throw new UnexpectedGraph('the input is joined with results');
    parent[Math.max(a, b)] = Math.min(a, b);
  };
  for (const [source, folded] of relu) join(source, folded);
  for (const [at, { op, reads }] of steps.entries())
    if (at < head && ['MaxPool', 'Resize', 'Concat'].includes(op)) for (const read of reads) join(read, at);
  return steps.map((_, at) => root(at));
}
