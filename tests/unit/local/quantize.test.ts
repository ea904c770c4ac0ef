import { floatGraph, modelOf, type FloatGraph, type Step } from '../../../server/src/engines/local/onnx/float-graph';
import { type Model, UnexpectedGraph } from '../../../server/src/engines/local/onnx/model';
import { floatsOf, wholesOf } from '../../../server/src/engines/local/onnx/numbers';
import { quantizeConvolution, scaleOf } from '../../../server/src/engines/local/quantize/convolution';
import { codeOf, convolutionInputs } from '../../../server/src/engines/local/quantize/means';
import { pointsOf } from '../../../server/src/engines/local/quantize/points';
import { quantize, reachOf, scalesOf } from '../../../server/src/engines/local/quantize/quantize';
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

/** Of one of the channels, which lie one after the other. */
function meanOf(values: Float32Array, channel: number, channels: number): number {
  const size = values.length / channels;
  return values.subarray(channel * size, (channel + 1) * size).reduce((a, b) => a + b, 0) / size;
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
    const means = new Int8Array(5);
    expect(() => quantize(graph, { ranges, means, input, paired: true })).toThrow(/channels to read, the recipe 5/);
  });

  test('of what it reads on average each convolution makes the same as in single precision', () => {
    const points = pointsOf(graph);
    const scales = scalesOf(points, { ranges, input });
    const reach = reachOf(points, scales);
    const averages = new Map(
      convolutionInputs(graph).map(({ read, channels }) => {
        const values = read < 0 ? new Float32Array(channels) : runNetwork(modelOf(graph, [read]), planes);
        return [read, Float32Array.from({ length: channels }, (_, channel) => meanOf(values, channel, channels))];
      }),
    );
    const codes = [...averages].flatMap(([read, means]) => Array.from(means, (mean) => codeOf(mean, reach(read))));
    const farthest = (means?: Int8Array): number => {
      const { constants } = quantize(graph, { ranges, means, input, paired: true });
      const errors = graph.steps.flatMap(({ weights, reads: [read] }, at) => {
        if (!weights || read === -1 || at === points.head) return [];
        const [steps, bias] = [floatsOf(constants.get(`weightScale${at}`)!), wholesOf(constants.get(`bias${at}`)!)!];
        const small = constants.get(`weights${at}`)!.raw;
        const inputScale = scales.get(points.group[read!]!)!.scale;
        const [outputs, inputs] = weights.dims as [number, number];
        return Array.from({ length: outputs }, (_, channel) => {
          let error = bias[channel]! * steps[channel]! * inputScale - weights.bias[channel]!;
          for (let k = 0; k < 9 * inputs; k++) {
            const i = channel * 9 * inputs + k;
            error +=
              (small.readInt8(i) * steps[channel]! - weights.values[i]!) * averages.get(read!)![Math.floor(k / 9)]!;
          }
          return Math.abs(error);
        });
      });
      return Math.max(...errors);
    };
    expect(farthest(Int8Array.from(codes))).toBeLessThan(0.1 * farthest());
  });

  test('a network that does not end in one channel is refused', () => {
    const { steps } = graph;
    expect(() => pointsOf({ ...graph, steps: steps.slice(0, 2) })).toThrow(/one channel/);
  });
});

describe('quantizeConvolution', () => {
  const values = Float32Array.from({ length: 4 * 6 * 9 }, () => random() - 0.5);
  const dims = [4, 6, 3, 3];
  const plain = { inputScale: 0.1, paired: false, means: new Float32Array(6) };

  test('no two weights that meet are too large together, where they are kept in pairs', () => {
    const { weights } = quantizeConvolution({ dims, values }, new Float32Array(4), { ...plain, paired: true });
    for (let channel = 0; channel < 4; channel++)
      for (let k = 0; k < 54; k += 2) {
        const at = (index: number): number => weights[channel * 54 + (index % 6) * 9 + Math.floor(index / 6)]!;
        expect(Math.abs(at(k) + at(k + 1))).toBeLessThanOrEqual(128);
      }
  });

  test('each channel uses all of its 8 bits, and its bias fits beside empty weights', () => {
    const { weights, scales, bias } = quantizeConvolution({ dims, values }, new Float32Array(4), plain);
    for (let channel = 0; channel < 4; channel++) {
      const own = weights.subarray(channel * 54, (channel + 1) * 54);
      expect(Math.max(...own.map(Math.abs))).toBe(127);
      own.forEach((weight, i) =>
        expect(Math.abs(weight * scales[channel]! - values[channel * 54 + i]!)).toBeLessThan(0.6 * scales[channel]!),
      );
    }
    expect([...bias]).toEqual([0, 0, 0, 0]);
    const empty = quantizeConvolution({ dims: [1, 1, 1, 1], values: new Float32Array(1) }, Float32Array.of(5), {
      inputScale: 0.1,
      paired: true,
      means: new Float32Array(1),
    });
    expect(empty.bias[0]! * 0.1 * empty.scales[0]!).toBeCloseTo(5);
  });

  test.each([true, false])('what rounding adds on average is taken off again (paired: %s)', (paired) => {
    const means = Float32Array.from({ length: 6 }, () => 20 * random());
    const bias = Float32Array.from({ length: 4 }, () => random());
    const resultOf = (weight: (i: number) => number, channel: number): number =>
      Array.from({ length: 54 }, (_, i) => weight(channel * 54 + i) * means[Math.floor(i / 9)]!).reduce(
        (a, b) => a + b,
      );
    const errors = (options: typeof plain): number[] => {
      const found = quantizeConvolution({ dims, values }, bias, options);
      return [0, 1, 2, 3].map((channel) => {
        const step = found.scales[channel]!;
        const own = resultOf((i) => found.weights[i]! * step, channel) + found.bias[channel]! * 0.1 * step;
        return Math.abs(own - resultOf((i) => values[i]!, channel) - bias[channel]!);
      });
    };
    // Half a step of the bias is what remains.
    expect(Math.max(...errors({ ...plain, paired, means }))).toBeLessThan(0.001);
    expect(Math.max(...errors({ ...plain, paired }))).toBeGreaterThan(0.05);
  });

  test('0 is one of the 256 steps of a range', () => {
    expect(scaleOf([0, 25.5])).toEqual({ scale: Math.fround(0.1), zero: 0 });
    expect(scaleOf([-1, 3]).zero).toBe(64);
    expect(scaleOf([2, 4])).toEqual({ scale: Math.fround(4 / 255), zero: 0 });
  });
});
