import { createWriteStream, promises as fs } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import { CutoutError, messageOf } from '../errors';
import { requireRuntime } from '../engines/local/runtime';
import { resolveWeights, type ResolveOptions } from '../engines/local/weights';
import type { ComposeOptions } from '../options';
import { createPool } from '../pool';
import type { CutoutResult, CutoutTask, Pool } from '../pool/contract';
import type { ModelSource } from '../engines/local/model-source';
import { gatherInputs, type Input } from './inputs';
import { type Destination, moveFile, nameOutputs, type Output } from './outputs';
import { createProgress, type Progress } from './progress';
import { createReport, type Outcome, type Report } from './report';
import { cardOf } from './settings';
import { exitCodes, UsageError } from './usage-error';

export interface RemoveSettings {
  named: string[];
  destination: Destination;
  options: ComposeOptions;
  model: string;
  weights: ResolveOptions;
  workers: number;
  /** 0 shares the cores among the workers. */
  threads: number;
  executionProviders: string[];
  /** null never asks for one, see ModelSource. */
  secondOpinionBelow: number | null;
  timeoutMs: number;
  maxPixels: number;
  transparencyThreshold: number | null;
  json: boolean;
  quiet: boolean;
  signal: AbortSignal;
}

/** Bytes taken from stdin at most. */
const MAX_STDIN_BYTES = 512 * 1024 * 1024;
const KEY = 'cutout';

interface Run {
  settings: RemoveSettings;
  model: ModelSource;
  pool: Pool;
  folder: string;
  report: Report;
}

/**
 * Removes the background of every input; one that fails is reported and the others go on.
 *
 * @returns the exit code.
 * @throws UsageError; CutoutError when no picture could be tried at all, e.g. `model.missing`.
 */
export async function remove(settings: RemoveSettings): Promise<number> {
  const { destination } = settings;
  const card = cardOf(settings.model, settings.weights);
  await requireBackground(settings.options);
  const { inputs, unusable } = await gatherInputs(
    settings.named,
    destination.kind === 'folder' ? destination.path : null,
  );
  if (inputs.length + unusable.length === 0)
    throw new UsageError([`Expected pictures in ${settings.named.join(', ')} but found none.`]);

  const progress = createProgress(!settings.json && !settings.quiet);
  const report = createReport({ progress, total: inputs.length, ...settings });
  const folder = await fs.mkdtemp(path.join(os.tmpdir(), 'cutout-'));
  const pool = createPool({ workers: settings.workers, idleTimeoutMs: 10_000 });
  try {
    for (const { shown, error } of unusable) report.add({ input: shown, status: 'failed', reason: error.toJSON() });
    if (inputs.length > 0) {
      const model = await loadModel(card, settings, progress);
      progress.pictures(0, inputs.length);
      await runAll({ settings, model, pool, folder, report }, inputs);
    }
  } finally {
    progress.stop();
    await pool.destroy();
    await fs.rm(folder, { recursive: true, force: true });
  }
  report.finish();
  if (settings.signal.aborted) return exitCodes.interrupted;
  return report.failed() ? exitCodes.failed : exitCodes.ok;
}

async function requireBackground({ bg_image: background }: ComposeOptions): Promise<void> {
  if (background === undefined) return;
  const stat = await fs.stat(String(background)).catch(() => null);
  if (!stat?.isFile())
    throw new UsageError([`--bg-image: expected a picture file but there is none at ${background}.`]);
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
  const { executionProviders, secondOpinionBelow } = settings;
  const second = secondOpinionBelow === null ? {} : { secondOpinionBelow };
  return { kind: 'model', card, weights, cacheDir: settings.weights.cacheDir, threads, executionProviders, ...second };
}

/** As many at a time as there are workers, in the order of the inputs. */
async function runAll(run: Run, inputs: readonly Input[]): Promise<void> {
  const { settings } = run;
  const ext = settings.options.format === 'jpeg' ? '.jpg' : `.${settings.options.format}`;
  const { destination } = settings;
  const outputs = destination.kind === 'stdout' ? null : nameOutputs(destination, inputs, ext);
  const queue = inputs.entries();
  const worker = async (): Promise<void> => {
    for (const [index, input] of queue) {
      if (settings.signal.aborted) return;
      const outcome = await tryOne(run, input, index, outputs?.[index] ?? null);
      if (!settings.signal.aborted) run.report.add(outcome);
    }
  };
  await Promise.all(Array.from({ length: settings.workers }, worker));
}

async function tryOne(run: Run, input: Input, index: number, output: Output | null): Promise<Outcome> {
  const began = performance.now();
  const outDir = path.join(run.folder, String(index));
  try {
    await fs.mkdir(outDir);
    const source = input.path ?? (await saveStdin(path.join(outDir, 'stdin')));
    const result = await run.pool.run('cutout', taskFor(run, source, outDir), {
      timeoutMs: run.settings.timeoutMs,
      signal: run.settings.signal,
    });
    const files = await deliver(result, output);
    const ms = Math.round(performance.now() - began);
    return { input: input.shown, status: 'done', files, confidence: result.matte.confidence, ms };
  } catch (error) {
    return failure(input, error);
  } finally {
    await fs.rm(outDir, { recursive: true, force: true });
  }
}

function taskFor({ settings, model }: Run, source: string, outDir: string): CutoutTask {
  const { options } = settings;
  const backgroundPath = typeof options.bg_image === 'string' ? { backgroundPath: options.bg_image } : {};
  return {
    source,
    matte: model,
    limits: { maxPixels: settings.maxPixels, transparencyThreshold: settings.transparencyThreshold },
    refine: options.refine,
    outDir,
    writeMatte: false,
    variants: [{ key: KEY, options, ...backgroundPath }],
  };
}

/** Moves the finished files to where they belong, or sends the one there is to stdout. */
async function deliver({ variants }: CutoutResult, output: Output | null): Promise<Outcome['files']> {
  const files: NonNullable<Outcome['files']> = [];
  for (const { key, path: made, width, height, bytes, mime } of variants) {
    const size = key === KEY ? null : Number(key.slice(KEY.length + 1));
    const to = output?.file(size) ?? '-';
    if (output) await moveFile(made, to);
    else await pipeline((await fs.open(made)).createReadStream(), process.stdout, { end: false });
    files.push({ path: to, mime, width, height, bytes });
  }
  return files;
}

async function saveStdin(file: string): Promise<string> {
  let bytes = 0;
  const bounded = async function* (source: AsyncIterable<Buffer>) {
    for await (const block of source) {
      bytes += block.length;
      if (bytes > MAX_STDIN_BYTES)
        throw new CutoutError('source.too-large', `Expected at most ${MAX_STDIN_BYTES} bytes from stdin.`);
      yield block;
    }
  };
  await pipeline(process.stdin, bounded, createWriteStream(file));
  return file;
}

/** Pictures found in a folder may be of a kind that gets no cutout; one that was named was meant to get one. */
function failure(input: Input, error: unknown): Outcome {
  const named =
    error instanceof CutoutError ? error : new CutoutError('store.failed', messageOf(error), { cause: error });
  return { input: input.shown, status: named.skip && input.found ? 'skipped' : 'failed', reason: named.toJSON() };
}
