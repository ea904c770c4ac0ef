import { InferenceSession, Tensor } from 'onnxruntime-node';
import { type FloatGraph, modelOf, tensorName } from '../../server/src/engines/local/onnx/float-graph';
import { writeModel } from '../../server/src/engines/local/onnx/write';
import { pointsOf } from '../../server/src/engines/local/quantize/points';
import { type Histogram, histogramOf } from './statistics';

/** A network that gives away its insides. */
export interface Probe {
  /** The last step's numbers. */
  matte: Float32Array;
  /** Of each ranged step, in order. */
  histograms: Histogram[];
}

const SESSION: InferenceSession.SessionOptions = {
  executionProviders: ['cpu'],
  intraOpNumThreads: 2,
  interOpNumThreads: 1,
  enableMemPattern: false,
  logSeverityLevel: 3,
};

/** @param values the picture as the network in single precision wants it */
export async function createProbe(graph: FloatGraph): Promise<(values: Float32Array) => Promise<Probe>> {
  const { ranged } = pointsOf(graph);
  const last = graph.steps.length - 1;
  const file = Buffer.concat(writeModel(modelOf(graph, [last, ...ranged])));
  const session = await InferenceSession.create(file, SESSION);
  return async (values) => {
    const answer = await session.run({ input: new Tensor('float32', values, graph.input.shape) });
    const numbers = (at: number): Float32Array => answer[tensorName(at)]!.data as Float32Array;
    const histograms = ranged.map((at) => histogramOf(numbers(at), graph.steps[at]!.shape[1]!));
    return { matte: numbers(last).slice(), histograms };
  };
}
