import { Tensor } from 'onnxruntime-node';
import { CutoutError, messageOf } from '../../errors';
import type { Plane, Raster } from '../../imaging/raster';
import type { ModelSource } from './model-source';
import type { ModelCard } from './card';
import { incompatible, loadGraph, type Graph } from './graph';
import { fromHalf, toHalf } from './half';
import { postprocess, type ModelMatte } from './postprocess';
import { preprocess } from './preprocess';

export interface ModelRun {
  /** At the model's own resolution. */
  matte: Plane;
  /** Milliseconds spent loading; 0 when the model was warm. */
  sessionMs: number;
  /** Milliseconds of the bare `session.run`. */
  runMs: number;
}

/**
 * From this many pixels on, the model is let go before the picture is composed: its working memory of a gigabyte cannot
 * be given back otherwise (the runtime's arena only grows), and a picture of that size needs the room itself. Loading
 * it again costs half a second, a small part of what such a picture takes.
 */
const RELEASE_FROM_PIXELS = 40e6;

/** The one model this process holds: each takes 0.6 GB and more, so asking for another lets the first go. */
let loaded: { key: string; graph: Graph } | null = null;

async function letGo(): Promise<void> {
  const previous = loaded;
  loaded = null;
  await previous?.graph.session.release();
}

/** A failed load leaves nothing behind, so that the next call tries anew. */
async function graphOf(model: ModelSource): Promise<{ graph: Graph; sessionMs: number }> {
  const key = JSON.stringify([model.weights, model.threads, model.executionProviders, model.card]);
  if (loaded?.key === key) return { graph: loaded.graph, sessionMs: 0 };
  await letGo();
  const start = performance.now();
  const graph = await loadGraph(model);
  loaded = { key, graph };
  return { graph, sessionMs: performance.now() - start };
}

async function infer(graph: Graph, card: ModelCard, values: Float32Array): Promise<Tensor> {
  const shape = [1, 3, card.input.height, card.input.width];
  const tensor = graph.input.half ? new Tensor('float16', toHalf(values), shape) : new Tensor('float32', values, shape);
  try {
    // Only the one output: a graph like ISNet's has twelve, and each one asked for is kept in memory.
    const answer = await graph.session.run({ [graph.input.name]: tensor }, [graph.output.name]);
    return answer[graph.output.name] as Tensor;
  } catch (cause) {
    throw new CutoutError('worker.failed', `Model "${card.id}" failed while it ran: ${messageOf(cause).trim()}`, {
      cause,
    });
  }
}

function toMatte(tensor: Tensor, card: ModelCard): ModelMatte {
  const [height, width] = tensor.dims.slice(-2);
  if (height === undefined || width === undefined || tensor.size !== height * width)
    throw incompatible(card, `expected one plane as output, received the shape [${tensor.dims.join(', ')}].`);
  const values =
    tensor.type === 'float16'
      ? // Where the runtime knows Float16Array its own view is used; the bits are the same.
        fromHalf(
          new Uint16Array((tensor.data as Uint16Array).buffer, (tensor.data as Uint16Array).byteOffset, tensor.size),
        )
      : (tensor.data as Float32Array);
  return postprocess(values, width, height, card.output);
}

function requireSubject(peak: number, { id, output: { leastPeak } }: ModelCard): void {
  if (leastPeak === null || peak >= leastPeak) return;
  throw new CutoutError(
    'matte.no-subject',
    `Model "${id}" found no subject: it is ${Math.round(100 * Math.max(0, peak))} % sure of what it is surest of, and the least is ${100 * leastPeak} %.`,
  );
}

async function run(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const { graph, sessionMs } = await graphOf(model);
  const values = await preprocess(raster, model.card.input);
  const start = performance.now();
  const tensor = await infer(graph, model.card, values);
  const runMs = performance.now() - start;
  try {
    const { matte, peak } = toMatte(tensor, model.card);
    if (model.noSubject === 'skip') requireSubject(peak, model.card);
    return { matte, sessionMs, runMs };
  } finally {
    tensor.dispose();
    if (raster.width * raster.height >= RELEASE_FROM_PIXELS) await letGo();
  }
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the model on a picture. Runs take turns: a process has one set of cores and one loaded model.
 * Throws `model.missing`, `model.corrupt`, `model.incompatible` and `worker.failed`, and `matte.no-subject`
 * where the model asks to skip those.
 */
export function runModel(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const result = turn.then(() => run(model, raster));
  turn = result.catch(() => undefined);
  return result;
}
