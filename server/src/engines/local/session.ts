import { access } from 'node:fs/promises';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { CutoutError, messageOf } from '../../errors';
import type { Plane, Raster } from '../../imaging/raster';
import type { ModelSource } from '../../pool/contract';
import type { ModelCard } from './card';
import { fromHalf, toHalf } from './half';
import { postprocess } from './postprocess';
import { preprocess } from './preprocess';

/** A graph that was checked against its card. */
interface Graph {
  session: InferenceSession;
  input: { name: string; half: boolean };
  output: { name: string };
}

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

function nameOf(kind: 'input' | 'output', card: ModelCard, names: readonly string[]): string {
  const wanted = card[kind].name ?? names[0];
  if (wanted !== undefined && names.includes(wanted)) return wanted;
  throw new CutoutError(
    'model.incompatible',
    `The card of model "${card.id}" expects a graph ${kind} named "${wanted ?? '(any)'}", but the graph has ` +
      `${names.length === 0 ? 'none' : names.map((name) => `"${name}"`).join(', ')}. Correct the card's ` +
      `${kind}.name, or use the weights the card was written for.`,
  );
}

function tensorFacts(metadata: readonly InferenceSession.ValueMetadata[], name: string) {
  const value = metadata.find((entry) => entry.name === name);
  return value?.isTensor ? value : undefined;
}

function incompatible(card: ModelCard, problem: string): CutoutError {
  return new CutoutError('model.incompatible', `Model "${card.id}" does not match its card: ${problem}`);
}

/** Names, number types and shape of the graph against what the card promises; a graph may leave its sizes open. */
function checkGraph(session: InferenceSession, card: ModelCard): Graph {
  const input = nameOf('input', card, session.inputNames);
  const output = nameOf('output', card, session.outputNames);
  const facts = tensorFacts(session.inputMetadata, input);
  for (const [kind, value] of [
    [`input "${input}"`, facts],
    [`output "${output}"`, tensorFacts(session.outputMetadata, output)],
  ] as const) {
    if (value?.type !== 'float32' && value?.type !== 'float16')
      throw incompatible(
        card,
        `expected float32 or float16 numbers for ${kind}, received ${value?.type ?? 'no tensor'}.`,
      );
  }
  const wanted = [1, 3, card.input.height, card.input.width];
  const shape = facts!.shape;
  const fits =
    shape.length === 4 && shape.every((size, axis) => typeof size !== 'number' || size <= 0 || size === wanted[axis]);
  if (!fits)
    throw incompatible(
      card,
      `expected the shape [${wanted.join(', ')}] for input "${input}", received [${shape.join(', ')}].`,
    );
  return { session, input: { name: input, half: facts!.type === 'float16' }, output: { name: output } };
}

/** onnxruntime gives its failures no code, so the two that call for different remedies are told apart by their words. */
function explainLoadFailure(model: ModelSource, cause: unknown): CutoutError {
  const { card, weights } = model;
  const reason = messageOf(cause).trim();
  if (/protobuf|ModelProto/i.test(reason))
    return new CutoutError(
      'model.corrupt',
      `The weights of model "${card.id}" at ${weights} are no readable ONNX file (${reason}). A download or copy was ` +
        `cut short, or it is another file. Delete it and run "cutout models pull ${card.id}", or put the right file there.`,
      { cause },
    );
  return new CutoutError(
    'model.incompatible',
    `Model "${card.id}" could not be loaded from ${weights} (${reason}). Causes: an execution provider of ` +
      `[${model.executionProviders.join(', ')}] is not available on this machine (use ["cpu"]), the graph needs a newer ` +
      `onnxruntime-node, or there is not enough memory.`,
    { cause },
  );
}

async function load(model: ModelSource): Promise<Graph> {
  await access(model.weights).catch((cause: unknown) => {
    throw new CutoutError(
      'model.missing',
      `The weights of model "${model.card.id}" are not readable at ${model.weights}. Run "cutout models pull ` +
        `${model.card.id}", or set local.modelsDir to the folder that holds them.`,
      { cause },
    );
  });
  const session = await InferenceSession.create(model.weights, {
    executionProviders: model.executionProviders,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: model.threads,
    interOpNumThreads: 1,
    // Same speed, and a peak of 1.4 GB instead of 2.3 GB with ISNet at 1024².
    enableMemPattern: false,
    // Errors only: the warnings speak to authors of graphs.
    logSeverityLevel: 3,
  }).catch((cause: unknown) => {
    throw explainLoadFailure(model, cause);
  });
  try {
    return checkGraph(session, model.card);
  } catch (error) {
    await session.release();
    throw error;
  }
}

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
  const graph = await load(model);
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

function toMatte(tensor: Tensor, card: ModelCard): Plane {
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

async function run(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const { graph, sessionMs } = await graphOf(model);
  const values = await preprocess(raster, model.card.input);
  const start = performance.now();
  const tensor = await infer(graph, model.card, values);
  const runMs = performance.now() - start;
  try {
    return { matte: toMatte(tensor, model.card), sessionMs, runMs };
  } finally {
    tensor.dispose();
    if (raster.width * raster.height >= RELEASE_FROM_PIXELS) await letGo();
  }
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the model on a picture. Runs take turns: a process has one set of cores and one loaded model.
 * Throws `model.missing`, `model.corrupt`, `model.incompatible` and `worker.failed`.
 */
export function runModel(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const result = turn.then(() => run(model, raster));
  turn = result.catch(() => undefined);
  return result;
}
