import { promises as fs } from 'node:fs';
import os from 'node:os';
import { requireRuntime } from '../engines/local/runtime';
import type { ModelSource } from '../engines/local/model-source';
import { resolveWeights, type ResolveOptions } from '../engines/local/weights';
import type { ComposeOptions } from '../options';
import type { Effort } from '../words';
import { createPool } from '../pool';
import { inWorkDir, sweepWorkDirs } from '../work-dir';
import { type Cut, cutOne, type CutSettings, failure } from './cut-one';
import { Ended } from './ending';
import { identityAt } from './identity';
import type { Input } from './input';
import { gatherInputs } from './inputs';
import { type Destination, nameOutputs, type Output, requireRoom } from './outputs';
import { type PlaceRules, requireFree } from './place';
import { printable } from './printable';
import { createProgress, type Progress } from './progress';
import { createReport, type Report } from './report';
import { cardOf } from './settings';
import { exitCodes, UsageError } from './usage-error';

export interface RemoveSettings extends CutSettings {
  named: string[];
  destination: Destination;
  overwrite: boolean;
  model: string;
  effort: Effort;
  weights: ResolveOptions;
  workers: number;
  /** 0 shares the cores among the workers. */
  threads: number;
  executionProviders: string[];
  noSubject: ModelSource['noSubject'];
  /** null never asks for one, see ModelSource. */
  secondOpinionBelow: number | null;
  json: boolean;
  quiet: boolean;
  /** Tell what the libraries said of a failure. */
  debug: boolean;
}

/** One input and where its files go; `null` is stdout. */
interface Order {
  input: Input;
  output: Output | null;
}

/**
 * Removes the background of every input; one that fails is reported and the others go on.
 *
 * @returns the exit code.
 * @throws UsageError; CutoutError when no picture could be tried at all, e.g. `model.missing`.
 */
export async function remove(settings: RemoveSettings): Promise<number> {
  const { destination, named } = settings;
  const card = cardOf(settings.model, settings.weights);
  await requireBackground(settings.options);
  const { inputs, unusable } = await gatherInputs(named, destination.kind === 'folder' ? destination.path : null);
  if (inputs.length + unusable.length === 0)
    throw new UsageError([`Expected pictures in ${named.map(printable).join(', ')} but found none.`]);
  requireRoom(destination, inputs.length + unusable.length);
  const rules = { overwrite: settings.overwrite, originals: await originalsOf(inputs, settings.options) };
  const orders = await orderAll(settings, inputs, rules);

  const progress = createProgress(!settings.json && !settings.quiet);
  const report = createReport({ progress, total: inputs.length, ...settings });
  try {
    for (const { shown, error } of unusable) report.add({ input: shown, status: 'failed', reason: error.toJSON() });
    const wanted = await passOverFinished(orders, rules, report);
    if (wanted.length > 0) {
      const model = await loadModel(card, settings, progress);
      await runAll({ settings, model, rules }, wanted, report);
    }
  } finally {
    progress.stop();
  }
  if (isUnheard(settings.signal)) return exitCodes.pipe;
  report.finish();
  if (settings.signal.aborted) return exitCodes.interrupted;
  return report.failed() ? exitCodes.failed : exitCodes.ok;
}

/** Whether whoever would read the sum of it went away. */
const isUnheard = ({ reason }: AbortSignal): boolean =>
  reason instanceof Ended && reason.exitCode !== exitCodes.interrupted;

async function requireBackground({ bg_image: background }: ComposeOptions): Promise<void> {
  if (background === undefined) return;
  const stat = await fs.stat(String(background)).catch(() => null);
  if (!stat?.isFile())
    throw new UsageError([
      `--bg-image: expected a picture file but there is none at ${printable(String(background))}.`,
    ]);
}

/** Whatever this run reads it does not write over. */
async function originalsOf(inputs: readonly Input[], { bg_image: background }: ComposeOptions): Promise<Set<string>> {
  const originals = inputs.map(({ identity }) => identity);
  if (typeof background === 'string') originals.push(await identityAt(background));
  return new Set(originals.filter((identity) => identity !== null));
}

async function orderAll(
  { destination, options }: RemoveSettings,
  inputs: readonly Input[],
  { originals }: PlaceRules,
): Promise<Order[]> {
  if (destination.kind === 'stdout') return inputs.map((input) => ({ input, output: null }));
  const ext = options.format === 'jpeg' ? '.jpg' : `.${options.format}`;
  const outputs = await nameOutputs(destination, inputs, { ext, sizes: options.sizes, originals });
  return inputs.map((input, index) => ({ input, output: outputs[index]! }));
}

/** What is there already needs no model, and so no weights. */
async function passOverFinished(orders: readonly Order[], rules: PlaceRules, report: Report): Promise<Order[]> {
  const wanted: Order[] = [];
  for (const order of orders) {
    try {
      if (order.output) await requireFree(order.output.picture, rules);
      wanted.push(order);
    } catch (error) {
      report.add(failure(order.input, error).outcome);
    }
  }
  return wanted;
}

async function loadModel(
  card: ModelSource['card'],
  settings: RemoveSettings,
  progress: Progress,
): Promise<ModelSource> {
  requireRuntime();
  const weights = await resolveWeights(card, {
    ...settings.weights,
    signal: settings.signal,
    onProgress: (step) => progress.weights(card.id, step),
  });
  const threads = settings.threads || Math.max(1, Math.floor(os.availableParallelism() / settings.workers));
  const { executionProviders, effort, noSubject, secondOpinionBelow } = settings;
  const second = secondOpinionBelow === null ? {} : { secondOpinionBelow };
  const { cacheDir } = settings.weights;
  return { kind: 'model', card, weights, cacheDir, threads, executionProviders, effort, noSubject, ...second };
}

type Run = Pick<Cut, 'model' | 'rules'> & { settings: RemoveSettings };

/** As many at a time as there are workers, in the order of the inputs. */
async function runAll({ settings, model, rules }: Run, orders: readonly Order[], report: Report): Promise<void> {
  const pool = createPool({ workers: settings.workers, idleTimeoutMs: 10_000, maxMemoryMb: 1536 });
  await sweepWorkDirs();
  try {
    await inWorkDir(async (folder) => {
      const cut: Cut = { settings, model, pool, folder, rules };
      const queue = orders.entries();
      let hopeless = false;
      const worker = async (): Promise<void> => {
        for (const [index, { input, output }] of queue) {
          const tried = await cutOne(cut, input, index, output);
          // What an interrupt cut off is no failure of the picture's.
          if (settings.signal.aborted && tried.outcome.status !== 'done') return;
          // One worker says why; that the others get no further for the same reason is no news.
          if (!(hopeless && tried.hopeless)) report.add(tried.outcome);
          hopeless ||= tried.hopeless;
          if (hopeless || settings.signal.aborted) return;
        }
      };
      await Promise.all(Array.from({ length: settings.workers }, worker));
      await pool.destroy();
    });
  } finally {
    await pool.destroy();
  }
}
