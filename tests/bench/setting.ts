import { mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { findCard } from '../../server/src/engines/local/cards';
import { DEFAULT_MODEL } from '../../server/src/engines/local/defaults';
import { resolveWeights } from '../../server/src/engines/local/weights';
import { parseComposeOptions, type ComposeOptions } from '../../server/src/options';
import { packageRoot } from '../../server/src/package-root';
import { createPool } from '../../server/src/pool';
import type { CutoutResult, CutoutTask, Pool } from '../../server/src/pool/contract';
import type { ModelSource } from '../../server/src/engines/local/model-source';
import { buildWorker } from '../support/worker';

/** What all measurements share: places, the model, pools, one way to run a picture, medians. */
export interface Setting {
  root: string;
  /** Scenes and results; not in git. */
  folder: string;
  quick: boolean;
  model: ModelSource;
  pool(workers?: number, idleTimeoutMs?: number): Pool;
  say(line: string): void;
}

/** One figure of the issue: what was measured, in its own words, and whether it holds. `null` where none is demanded. */
export interface Measurement {
  title: string;
  holds: boolean | null;
  figures: Record<string, unknown>;
  /** Rows for people: name, value, bar. */
  rows: [string, string, string][];
}

const TIME_LIMIT_MS = 180_000;

export async function createSetting(quick: boolean, say: (line: string) => void): Promise<Setting> {
  const root = packageRoot();
  const folder = path.join(root, 'tests', 'bench', 'tmp');
  mkdirSync(folder, { recursive: true });
  const card = findCard(DEFAULT_MODEL);
  const cacheDir = path.join(root, '.cutout', 'models');
  const weights = await resolveWeights(card, { modelsDir: null, cacheDir });
  const workerFile = buildWorker('bench');
  return {
    root,
    folder,
    quick,
    say,
    model: {
      kind: 'model',
      card,
      weights,
      cacheDir,
      threads: 2,
      executionProviders: ['cpu'],
      noSubject: 'keep',
      effort: 'balanced',
    },
    pool: (workers = 1, idleTimeoutMs = 120_000) =>
      createPool({ workers, idleTimeoutMs, workerFile, maxMemoryMb: 1536 }),
  };
}

export function options(input: Record<string, unknown> = {}): ComposeOptions {
  const parsed = parseComposeOptions(input);
  if (!parsed.ok)
    throw new Error(`Expected valid compose options for the benchmark, received ${JSON.stringify(input)}.`);
  return parsed.options;
}

export interface Timed {
  ms: number;
  result: CutoutResult;
}

/** One picture through the pool, as a job does it: file in, encoded file (and, with `writeMatte`, the matte) out. */
export async function cut(
  setting: Setting,
  pool: Pool,
  source: string,
  change: Partial<CutoutTask> & { options?: ComposeOptions; key?: string } = {},
): Promise<Timed> {
  const { options: compose = options(), key = 'bench', ...task } = change;
  const start = performance.now();
  const result = await pool.run(
    'cutout',
    {
      source,
      matte: setting.model,
      limits: { maxPixels: 2e8, transparencyThreshold: null },
      refine: true,
      outDir: setting.folder,
      writeMatte: false,
      variants: [{ key, options: compose }],
      ...task,
    },
    { timeoutMs: TIME_LIMIT_MS },
  );
  return { ms: performance.now() - start, result };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

/** Gigabytes (1e9 bytes) of a process: its peak so far (VmHWM) or now (VmRSS). Linux only. */
export function memoryGb(pid: number, which: 'VmHWM' | 'VmRSS'): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return (Number(new RegExp(`${which}:\\s+(\\d+) kB`).exec(status)?.[1]) * 1024) / 1e9;
}

export const round = (value: number, digits = 0): number => Number(value.toFixed(digits));
