import { floatGraph, modelOf, type FloatGraph, type Step } from '../../../server/src/engines/local/onnx/float-graph';
import { type Model, UnexpectedGraph } from '../../../server/src/engines/local/onnx/model';
import { quantizeConvolution, scaleOf } from '../../../server/src/engines/local/quantize/convolution';
import { pointsOf } from '../../../server/src/engines/local/quantize/points';
import { quantize } from '../../../server/src/engines/local/quantize/quantize';
import { seeded } from '../../fixtures/random';
import { runNetwork } from '../../support/run-network';
import { SIDE, tinyNetwork } from '../../support/tiny-network';

const input = { mean: [0.5, 0.4, 0.45], std: [1, 0.5, 0.8] };
const random = seeded(3);
const rgb = Uint8Array.from({ length: SIDE * SIDE * 3 }, (_, i) => 127 + 90 * Math.sin(i / 200) + 30 * random());

/** What the network in single precision wants of the same picture. */
const planes = Float32Array.from({ length: rgb.length }, (_, i) => {
  const [channel, at] = [Math.floor(i / (SIDE * SIDE)), i % (SIDE * SIDE)];
  return (rgb[3 * at + channel]! / 255 - input.mean[channel]!) / input.std[channel]!;
});

/** Ranges as they are of this very picture. */
function rangesOf(graph: FloatGraph): [number, number][] {
  return pointsOf(graph).ranged.map((at) => {
    const values = runNetwork(modelOf(graph, [at]), planes);
    return [Math.min(0, ...values), Math.max(0, ...values)];
  });
}

const meanDistance = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, i) => sum + Math.abs(value - other[i]!), 0) / one.length;

describe('quantize', () => {
  const graph = floatGraph(tinyNetwork());
  const ranges = rangesOf(graph);
  const full = runNetwork(modelOf(graph), planes);
  const small = (paired: boolean): Model => quantize(graph, { ranges, input, paired });

  test.each([true, false])('gives what single precision gives, to a few thousandths (paired: %s)', (paired) => {
    const found = runNetwork(small(paired), rgb, !paired);
    expect(Math.max(...full) - Math.min(...full)).toBeGreaterThan(0.3);
    expect(meanDistance(found, full)).toBeLessThan(0.006);
  });

  test('the paired form gives the same numbers by the fast kernel and by the exact one', () => {
    expect(runNetwork(small(true), rgb)).toEqual(runNetwork(small(true), rgb, true));
  });

  test('every convolution, sum and join works on 8 bits; only enlargements and the head’s end do not', () => {
    const { nodes } = small(true);
    const count = (op: string): number => nodes.filter((node) => node.op === op).length;
    expect({ conv: count('QLinearConv'), add: count('QLinearAdd'), plain: count('Conv') + count('Add') }).toEqual({
      conv: 5,
      add: 1,
      plain: 0,
    });
    expect(count('Relu')).toBe(0);
    expect(count('QuantizeLinear')).toBe(1);
  });

  test('what is joined has one scale, also behind pools and enlargements', () => {
    const { group } = pointsOf(graph);
    const at = (op: Step['op']): number => graph.steps.findIndex((step) => step.op === op);
    expect(group[at('Concat')]).toBe(group[at('MaxPool')]);
    expect(group[at('Concat')]).toBe(group[at('Resize')]);
  });

  test('the same bytes come out of each export of a network', () => {
    const other = quantize(floatGraph(tinyNetwork({ half: true, norms: true, gather: true, prefix: 'x' })), {
      ...{ ranges, input, paired: true },
    });
    expect(other).toEqual(small(true));
  });

  test('a recipe of another network is refused', () => {
    expect(() => quantize(graph, { ranges: ranges.slice(1), input, paired: true })).toThrow(UnexpectedGraph);
  });

  test('a network that does not end in one channel is refused', () => {
    const { steps } = graph;
    expect(() => pointsOf({ ...graph, steps: steps.slice(0, 2) })).toThrow(/one channel/);
  });
});

describe('quantizeConvolution', () => {
  const values = Float32Array.from({ length: 4 * 6 * 9 }, () => random() - 0.5);
  const dims = [4, 6, 3, 3];

  test('no two weights that meet are too large together, where they are kept in pairs', () => {
    const { weights } = quantizeConvolution({ dims, values }, new Float32Array(4), 0.1, true);
    for (let channel = 0; channel < 4; channel++)
      for (let k = 0; k < 54; k += 2) {
        const at = (index: number): number => weights[channel * 54 + (index % 6) * 9 + Math.floor(index / 6)]!;
        expect(Math.abs(at(k) + at(k + 1))).toBeLessThanOrEqual(128);
      }
  });

  test('each channel uses all of its 8 bits, and its bias fits beside empty weights', () => {
    const { weights, scales, bias } = quantizeConvolution({ dims, values }, new Float32Array(4), 0.1, false);
    for (let channel = 0; channel < 4; channel++) {
      const own = weights.subarray(channel * 54, (channel + 1) * 54);
      expect(Math.max(...own.map(Math.abs))).toBe(127);
      own.forEach((weight, i) =>
        expect(Math.abs(weight * scales[channel]! - values[channel * 54 + i]!)).toBeLessThan(0.6 * scales[channel]!),
      );
    }
    expect([...bias]).toEqual([0, 0, 0, 0]);
    const empty = quantizeConvolution(
      { dims: [1, 1, 1, 1], values: new Float32Array(1) },
      Float32Array.of(5),
      0.1,
      true,
    );
    expect(empty.bias[0]! * 0.1 * empty.scales[0]!).toBeCloseTo(5);
  });

  test('0 is one of the 256 steps of a range', () => {
    expect(scaleOf([0, 25.5])).toEqual({ scale: Math.fround(0.1), zero: 0 });
    expect(scaleOf([-1, 3]).zero).toBe(64);
    expect(scaleOf([2, 4])).toEqual({ scale: Math.fround(4 / 255), zero: 0 });
  });
});
