import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { floatGraph } from '../onnx/float-graph';
import { readModel } from '../onnx/read';
import { writeModel } from '../onnx/write';
import type { ModelSource } from '../model-source';
import { bytesOf } from '../quantize/means';
import { quantize } from '../quantize/quantize';
import { isDiskFault } from '../weights/cache-faults';
import { withLock } from '../weights/lock';
import { replaceFile } from '../weights/place';
import type { SmallForm } from './form';

/** What a file in the cache is named after besides its content; counts up when the same recipe gives another file. */
const MAKER = 1;
/** Another process makes it in seconds. */
const WAIT_MS = 60_000;
const DAY_MS = 24 * 60 * 60 * 1000;

/** Names weights and recipe, by which the same network is known on every machine. */
export function keyOf({ card }: Pick<ModelSource, 'card'>): string {
  const { weights, input, output, recipe } = card;
  const facts = [MAKER, weights.sha256 ?? weights.md5 ?? weights.file, input, output, recipe];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

/**
 * The network in 8 bits as an ONNX file: from the cache, else made of the weights, which takes two seconds, and kept
 * there. A file in the cache is named after its own SHA-256, so a damaged one is told and made anew. Where the cache
 * cannot be written, each process makes its own.
 *
 * @throws UnexpectedGraph, RangeError where the weights are not of the kind of network that the recipe is for.
 */
export async function derive(model: ModelSource, form: SmallForm): Promise<Buffer> {
  if (model.cacheDir === undefined) return made(model, form);
  const folder = path.join(model.cacheDir, 'derived');
  const prefix = `${model.card.id}-${keyOf(model)}-${form}-`;
  const known = await kept(folder, prefix);
  if (known) return known;
  try {
    return await withLock(path.join(folder, prefix), { waitMs: WAIT_MS }, async () => {
      const other = await kept(folder, prefix);
      return other ?? keep(folder, prefix, await made(model, form), model);
    });
  } catch (error) {
    if (isDiskFault(error)) return made(model, form);
    throw error;
  }
}

async function made({ weights, card }: ModelSource, form: SmallForm): Promise<Buffer> {
  const graph = floatGraph(readModel(await fs.readFile(weights)), card.output.name);
  const { ranges, means } = card.recipe!;
  const model = quantize(graph, { ranges, means: bytesOf(means), input: card.input, paired: form === 'paired' });
  return Buffer.concat(writeModel(model));
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The whole file of that name, if there is one; one whose content is not what its name says is removed. */
async function kept(folder: string, prefix: string): Promise<Buffer | null> {
  const names = await fs.readdir(folder).catch(() => []);
  for (const name of names) {
    if (!name.startsWith(prefix) || !name.endsWith('.onnx')) continue;
    const file = path.join(folder, name);
    const bytes = await fs.readFile(file).catch(() => null);
    if (bytes && name === `${prefix}${sha256(bytes)}.onnx`) return bytes;
    await fs.rm(file, { force: true }).catch(() => undefined);
  }
  return null;
}

async function keep(folder: string, prefix: string, bytes: Buffer, { card }: ModelSource): Promise<Buffer> {
  const target = path.join(folder, `${prefix}${sha256(bytes)}.onnx`);
  const temporary = `${target}.tmp`;
  try {
    await sweep(folder, card.id, prefix);
    await fs.writeFile(temporary, bytes, { flush: true });
    await replaceFile(temporary, target);
  } catch (error) {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
    if (!isDiskFault(error)) throw error;
  }
  return bytes;
}

/** What a killed process left, and what an older recipe made; a node of the older version may still use that. */
async function sweep(folder: string, id: string, prefix: string): Promise<void> {
  for (const name of await fs.readdir(folder)) {
    const isLeftOver = name.startsWith(prefix) && name.endsWith('.tmp');
    const isOlder = new RegExp(`^${id}-[0-9a-f]{16}-.*\\.(onnx|json|tmp)$`).test(name) && !sameKey(name, prefix);
    if (!isLeftOver && !isOlder) continue;
    const file = path.join(folder, name);
    const { mtimeMs } = await fs.stat(file);
    if (isLeftOver || Date.now() - mtimeMs > DAY_MS) await fs.rm(file, { force: true });
  }
}

/** Of another form, or the verdict on it. */
const sameKey = (name: string, prefix: string): boolean => name.startsWith(prefix.replace(/[a-z0-9]+-$/, ''));
