import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelCard, Recipe } from '../../server/src/engines/local/card';
import { sessionOptions } from '../../server/src/engines/local/graph';
import { type FloatGraph, modelOf, tensorName } from '../../server/src/engines/local/onnx/float-graph';
import { ELEMENT, int, ints, type Model, type Node } from '../../server/src/engines/local/onnx/model';
import { writeModel } from '../../server/src/engines/local/onnx/write';
import { normalise } from '../../server/src/engines/local/preprocess';
import { bytesOf, convolutionInputs } from '../../server/src/engines/local/quantize/means';
import { pointsOf } from '../../server/src/engines/local/quantize/points';
import { quantize } from '../../server/src/engines/local/quantize/quantize';
import { runGraph } from '../../server/src/engines/local/run';
import type { Plane } from '../../server/src/imaging/raster';
import { type Histogram, histogramOf } from './statistics';

const options = sessionOptions({ executionProviders: ['cpu'], threads: 2 });
const load = (model: Model): Promise<InferenceSession> =>
  InferenceSession.create(Buffer.concat(writeModel(model)), options);

/** From a picture at the model's input size to its matte, as the plugin makes it. */
export interface Matter {
  matte(rgb: Buffer): Promise<Plane>;
  end(): Promise<void>;
}

async function createMatterOf(model: Model, numbers: 'float32' | 'uint8', card: ModelCard): Promise<Matter> {
  const session = await load(model);
  const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
  const graph = { session, input: { name: input, numbers }, output: { name: output } };
  return {
    matte: async (rgb) => (await runGraph(graph, card, rgb)).matte,
    end: () => session.release(),
  };
}

export const createMatter = (graph: FloatGraph, card: ModelCard): Promise<Matter> =>
  createMatterOf(modelOf(graph), 'float32', card);

/** In the form that gives the same numbers on every processor. */
export const createSmallMatter = (graph: FloatGraph, card: ModelCard, recipe: Recipe): Promise<Matter> => {
  const { ranges, means } = recipe;
  return createMatterOf(
    quantize(graph, { ranges, means: bytesOf(means), input: card.input, paired: true }),
    'uint8',
    card,
  );
};

export interface Probe {
  look(rgb: Buffer): Promise<{
    /** Of each ranged step's result, in order. */
    histograms: Histogram[];
    /** Of each channel that a convolution reads, in the order of a recipe's means; the picture's own is 0…1. */
    means: Float32Array;
  }>;
  end(): Promise<void>;
}

/** The network in full precision with all its insides open: 3 GB. */
export async function createProbe(graph: FloatGraph, { input }: ModelCard): Promise<Probe> {
  const { ranged } = pointsOf(graph);
  const reads = convolutionInputs(graph).flatMap(({ read }) => (read < 0 ? [] : [read]));
  const session = await load(withMeans(modelOf(graph, ranged), reads));
  return {
    async look(rgb) {
      const picture = new Tensor('float32', normalise(rgb, input), graph.input.shape);
      const results = await session.run({ input: picture });
      const numbers = (name: string): Float32Array => results[name]!.data as Float32Array;
      return {
        histograms: ranged.map((at) => histogramOf(numbers(tensorName(at)))),
        means: Float32Array.from([...channelMeans(rgb), ...reads.flatMap((at) => [...numbers(meanName(at))])]),
      };
    },
    end: () => session.release(),
  };
}

const meanName = (step: number): string => `mean${step}`;

/** The same with each of those steps' mean by channel as further outputs. */
function withMeans(model: Model, steps: readonly number[]): Model {
  const means = steps.map((at): Node => {
    const attributes = { axes: ints([2, 3]), keepdims: int(0) };
    return { op: 'ReduceMean', domain: '', inputs: [tensorName(at)], outputs: [meanName(at)], attributes };
  });
  const outputs = steps.map((at) => ({ name: meanName(at), type: ELEMENT.float, dims: [1, -1] }));
  return { ...model, nodes: [...model.nodes, ...means], outputs: [...model.outputs, ...outputs] };
}

function channelMeans(rgb: Buffer): number[] {
  const sums = [0, 0, 0];
  for (let i = 0; i < rgb.length; i++) sums[i % 3]! += rgb[i]!;
  return sums.map((sum) => (3 * sum) / rgb.length / 255);
}
