import { createWriteStream, fstatSync, promises as fs } from 'node:fs';
import path from 'node:path';
import { pipeline } from 'node:stream/promises';
import type { ModelSource } from '../engines/local/model-source';
import { CutoutError, detailOf } from '../errors';
import { faultWords, isFileFault } from '../file-fault';
import type { ComposeOptions } from '../options';
import type { CutoutResult, CutoutTask, Pool } from '../pool/contract';
import { tempFault } from '../work-dir';
import { unwritable } from './ending';
import { type Input, unreadable } from './input';
import type { Output } from './outputs';
import { placeFiles, prepareFolder, type PlaceRules, requireFree } from './place';
import type { Outcome } from './report';
import { inWordsOfFlags } from './words-of-flags';

export interface CutSettings {
  options: ComposeOptions;
  timeoutMs: number;
  maxPixels: number;
  transparencyThreshold: number | null;
  /** 0…1; a matte that is less sure makes no file. */
  minConfidence: number;
  signal: AbortSignal;
}

export interface Cut {
  settings: CutSettings;
  model: ModelSource;
  pool: Pool;
  /** Holds what is being made. */
  folder: string;
  rules: PlaceRules;
}

export interface Tried {
  outcome: Outcome;
  /** No other picture would get further: a disk that is full, a model that does not run. */
  hopeless: boolean;
}

/** Bytes taken from stdin at most. */
const MAX_STDIN_BYTES = 512 * 1024 * 1024;
const KEY = 'cutout';

/** Makes one input's files; without an output the picture goes to stdout. Never rejects for what one input may cause. */
export async function cutOne(cut: Cut, input: Input, index: number, output: Output | null): Promise<Tried> {
  const began = performance.now();
  const outDir = path.join(cut.folder, String(index));
  try {
    if (output) {
      await requireFree(output.picture, cut.rules);
      await prepareFolder(path.dirname(output.picture), output.picture);
    }
    if (input.path !== null) await requireReadable(input.path, input.shown);
    await fs.mkdir(outDir).catch(refuseTemp);
    const { signal, timeoutMs } = cut.settings;
    const source = input.path ?? (await saveStdin(path.join(outDir, 'stdin'), signal));
    const result = await cut.pool.run('cutout', taskFor(cut, source, outDir), { timeoutMs, signal });
    requireConfidence(result, cut.settings);
    const files = output ? await deliver(result, output, cut.rules) : await send(result, signal);
    const { confidence } = result.matte;
    const ms = Math.round(performance.now() - began);
    return { outcome: { input: input.shown, status: 'done', files, confidence, ms }, hopeless: false };
  } catch (error) {
    return failure(input, error);
  } finally {
    await fs.rm(outDir, { recursive: true, force: true }).catch(() => undefined);
  }
}

async function requireReadable(file: string, shown: string): Promise<void> {
  await fs.access(file, fs.constants.R_OK).catch((cause: unknown) => {
    throw unreadable('file', shown, cause);
  });
}

function taskFor({ settings, model }: Cut, source: string, outDir: string): CutoutTask {
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

function requireConfidence({ matte: { confidence } }: CutoutResult, { minConfidence }: CutSettings): void {
  if (confidence >= minConfidence) return;
  throw new CutoutError(
    'matte.unsure',
    `The matte is ${confidence.toFixed(2)} sure, less than --min-confidence ${minConfidence}.`,
  );
}

type Files = NonNullable<Outcome['files']>;

/** The picture itself comes last: where it is, nothing is missing. */
async function deliver({ variants }: CutoutResult, output: Output, rules: PlaceRules): Promise<Files> {
  const files = variants.map(({ key, path: from, ...facts }) => {
    const to = key === KEY ? output.picture : output.sized(Number(key.slice(KEY.length + 1)));
    return { from, to, facts };
  });
  await placeFiles([...files].reverse(), rules);
  return files.map(({ to, facts: { mime, width, height, bytes } }) => ({ path: to, mime, width, height, bytes }));
}

async function send({ variants }: CutoutResult, signal: AbortSignal): Promise<Files> {
  const { path: from, mime, width, height, bytes } = variants[0]!;
  const stream = (await fs.open(from)).createReadStream();
  await pipeline(stream, process.stdout, { end: false, signal }).catch((cause: unknown) => {
    throw unwritable(cause);
  });
  return [{ path: '-', mime, width, height, bytes }];
}

async function saveStdin(file: string, signal: AbortSignal): Promise<string> {
  // Node takes a folder for an empty file.
  if (fstatSync(0).isDirectory())
    throw new CutoutError('source.unreadable', 'Standard input cannot be read: it is a folder.');
  let bytes = 0;
  const bounded = async function* (source: AsyncIterable<Buffer>) {
    try {
      for await (const block of source) {
        bytes += block.length;
        if (bytes > MAX_STDIN_BYTES)
          throw new CutoutError('source.too-large', `Expected at most ${MAX_STDIN_BYTES} bytes from stdin.`);
        yield block;
      }
    } catch (cause) {
      if (cause instanceof CutoutError || !isFileFault(cause)) throw cause;
      throw new CutoutError('source.unreadable', `Standard input cannot be read: ${faultWords(cause)}.`, { cause });
    }
  };
  await pipeline(process.stdin, bounded, createWriteStream(file), { signal }).catch(refuseTemp);
  return file;
}

function refuseTemp(error: unknown): never {
  if (error instanceof CutoutError || !isFileFault(error)) throw error;
  throw tempFault(error);
}

const FULL = ['ENOSPC', 'EDQUOT', 'EROFS'];

/** Pictures found in a folder may be of a kind that gets no cutout; one that was named was meant to get one. */
export function failure(input: Pick<Input, 'shown' | 'found'>, error: unknown): Tried {
  const named = inWordsOfFlags(error instanceof CutoutError ? error : unexpected(error));
  // A folder's files are taken by their names, so one whose bytes are no picture may be a picture that was lost.
  const isKind = named.skip && named.code !== 'source.not-an-image';
  const skipped = named.code === 'output.exists' || (isKind && input.found);
  const isFull = FULL.includes((named.cause as NodeJS.ErrnoException | undefined)?.code ?? '');
  return {
    outcome: {
      input: input.shown,
      status: skipped ? 'skipped' : 'failed',
      reason: named.toJSON(),
      ...withDetail(named),
    },
    hopeless: isFull || named.code.startsWith('model.') || named.code === 'temp.unavailable',
  };
}

function withDetail(error: CutoutError): Pick<Outcome, 'detail'> {
  const detail = detailOf(error);
  return detail === undefined ? {} : { detail };
}

function unexpected(cause: unknown): CutoutError {
  return new CutoutError('output.failed', `The picture could not be made: ${faultWords(cause)}.`, { cause });
}
