import { createHash } from 'node:crypto';
import { access, readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { InferenceSession } from 'onnxruntime-node';
import { CutoutError, messageOf } from '../../errors';
import type { ModelSource } from './model-source';
import type { ModelCard } from './card';
import { derive } from './forms/derive';
import type { SmallForm } from './forms/form';
import { prune } from './prune';
import { expectedChecksum } from './weights/checksum';

/** A graph that was checked against its card. */
export interface Graph {
  session: InferenceSession;
  input: { name: string; numbers: Numbers };
  output: { name: string };
}

/** What a graph wants: the card's planes in one of two precisions, or the picture's own interleaved bytes. */
export type Numbers = 'float32' | 'float16' | 'uint8';

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

export function incompatible(card: ModelCard, problem: string): CutoutError {
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
  return { session, input: { name: input, numbers: facts!.type as Numbers }, output: { name: output } };
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

export function sessionOptions({
  executionProviders,
  threads,
}: Pick<ModelSource, 'executionProviders' | 'threads'>): InferenceSession.SessionOptions {
  return {
    executionProviders,
    graphOptimizationLevel: 'all',
    executionMode: 'sequential',
    intraOpNumThreads: threads,
    interOpNumThreads: 1,
    // Same speed, and a peak of 1.4 GB instead of 2.3 GB with ISNet at 1024².
    enableMemPattern: false,
    // The runtime's threads would go on spinning for its next run, on the cores that compose the picture.
    extra: { session: { force_spinning_stop: '1' } },
    // Errors only: the warnings speak to authors of graphs.
    logSeverityLevel: 3,
  };
}

/**
 * The file without what the wanted output does not need, or the file as it is where that cannot be loaded: weights kept
 * beside the graph are only found from its path, and the runtime knows best what is wrong with a damaged one.
 */
async function createSession(model: ModelSource): Promise<InferenceSession> {
  const options = sessionOptions(model);
  const pruned = await prunedFile(model);
  const session = pruned && (await InferenceSession.create(pruned, options).catch(() => null));
  return session ?? InferenceSession.create(model.weights, options);
}

async function prunedFile({ weights, card }: ModelSource): Promise<Buffer | null> {
  const file = await readFile(weights);
  // The file was checked before the task waited for this process; what is loaded is what must be right.
  requireChecksum(card, weights, file);
  try {
    const pruned = prune(file, card.output.name);
    return pruned === file ? null : pruned;
  } catch (error) {
    if (error instanceof RangeError) return null;
    throw error;
  }
}

function requireChecksum(card: ModelCard, weights: string, file: Buffer): void {
  const expected = expectedChecksum(card);
  if (!expected || createHash(expected.algorithm).update(file).digest('hex') === expected.hex) return;
  throw new CutoutError(
    'model.corrupt',
    `The weights of model "${card.id}" in ${basename(weights)} were changed after they were checked, and are not what ` +
      `the model's card describes. Run "cutout models pull ${card.id}", or put the right file there.`,
  );
}

/** Loads a model and checks its graph. Throws `model.missing`, `model.corrupt` and `model.incompatible`. */
export async function loadGraph(model: ModelSource): Promise<Graph> {
  await access(model.weights).catch((cause: unknown) => {
    throw new CutoutError(
      'model.missing',
      `The weights of model "${model.card.id}" are not readable at ${model.weights}. Run "cutout models pull ` +
        `${model.card.id}", or set local.modelsDir to the folder that holds them.`,
      { cause },
    );
  });
  const session = await createSession(model).catch((cause: unknown) => {
    throw cause instanceof CutoutError ? cause : explainLoadFailure(model, cause);
  });
  // The file's bytes, twice the weights, would else stay until the next collection, beside the first run's memory.
  globalThis.gc?.();
  try {
    return checkGraph(session, model.card);
  } catch (error) {
    await session.release();
    throw error;
  }
}

/** Loads the model's network in 8 bits, see forms/derive. Throws `model.incompatible` where the recipe does not fit. */
export async function loadSmallGraph(model: ModelSource, form: SmallForm): Promise<Graph> {
  try {
    const session = await InferenceSession.create(await derive(model, form), sessionOptions(model));
    const [input, output] = [session.inputNames[0]!, session.outputNames[0]!];
    return { session, input: { name: input, numbers: 'uint8' }, output: { name: output } };
  } catch (cause) {
    if (cause instanceof CutoutError) throw cause;
    throw new CutoutError(
      'model.incompatible',
      `Model "${model.card.id}" could not be brought to 8 bits: ${messageOf(cause).trim()}. Use the weights that the ` +
        `card's recipe was written for, or a model without a recipe.`,
      { cause },
    );
  } finally {
    globalThis.gc?.();
  }
}
