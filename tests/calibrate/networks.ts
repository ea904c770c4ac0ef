import { InferenceSession, Tensor } from 'onnxruntime-node';
import type { ModelCard, Recipe } from '../../server/src/engines/local/card';
import { sessionOptions } from '../../server/src/engines/local/graph';
import { type FloatGraph, modelOf, tensorName } from '../../server/src/engines/local/onnx/float-graph';
import type { Model } from '../../server/src/engines/local/onnx/model';
import { writeModel } from '../../server/src/engines/local/onnx/write';
import { normalise } from '../../server/src/engines/local/preprocess';
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
export const createSmallMatter = (graph: FloatGraph, card: ModelCard, { ranges }: Recipe): Promise<Matter> =>
  createMatterOf(quantize(graph, { ranges, input: card.input, paired: true }), 'uint8', card);

export interface Probe {
  /** Of each ranged step's result, in order. */
  histograms(rgb: Buffer): Promise<Histogram[]>;
  end(): Promise<void>;
}

/** The network in full precision with all its insides open: 3 GB. */
export async function createProbe(graph: FloatGraph, card: ModelCard): Promise<Probe> {
  const { ranged } = pointsOf(graph);
  const session = await load(modelOf(graph, ranged));
  return {
    async histograms(rgb) {
      const picture = new Tensor('float32', normalise(rgb, card.input), graph.input.shape);
      const results = await session.run({ input: picture });
      return ranged.map((at) => histogramOf(results[tensorName(at)]!.data as Float32Array));
    },
    end: () => session.release(),
  };
}
