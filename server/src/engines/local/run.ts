import { Tensor } from 'onnxruntime-node';
import { CutoutError, messageOf } from '../../errors';
import type { ModelCard } from './card';
import { type Graph, incompatible } from './graph';
import { fromHalf, toHalf } from './half';
import { postprocess, type ModelMatte } from './postprocess';
import { normalise } from './preprocess';

/** What the graph wants of a squeezed picture. */
function feed({ input }: Graph, card: ModelCard, rgb: Buffer): Tensor {
  const { width, height } = card.input;
  if (input.numbers === 'uint8') {
    const bytes = new Uint8Array(rgb.buffer, rgb.byteOffset, rgb.length);
    return new Tensor('uint8', bytes, [1, height, width, 3]);
  }
  const values = normalise(rgb, card.input);
  const shape = [1, 3, height, width];
  return input.numbers === 'float16'
    ? new Tensor('float16', toHalf(values), shape)
    : new Tensor('float32', values, shape);
}

async function infer({ session, input, output }: Graph, card: ModelCard, tensor: Tensor): Promise<Tensor> {
  try {
    // Only the one output: a graph like ISNet's has twelve, and each one asked for is kept in memory.
    const answer = await session.run({ [input.name]: tensor }, [output.name]);
    return answer[output.name] as Tensor;
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

/**
 * One run. @param rgb the picture at the model's input size, interleaved
 * @throws CutoutError `worker.failed`, `model.incompatible`
 */
export async function runGraph(graph: Graph, card: ModelCard, rgb: Buffer): Promise<ModelMatte & { runMs: number }> {
  const picture = feed(graph, card, rgb);
  const start = performance.now();
  const tensor = await infer(graph, card, picture);
  const runMs = performance.now() - start;
  try {
    return { ...toMatte(tensor, card), runMs };
  } finally {
    tensor.dispose();
  }
}
