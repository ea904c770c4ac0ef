import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import sharp from 'sharp';
import { CutoutError, messageOf } from '../../server/src/errors';
import { seeded } from '../fixtures/random';
import { makeSeeds } from './seeds';
import { type Target, targetsOf } from './targets';

/** Longer than any parser may take for an input of a few kilobytes. */
const SLOW_MS = 2000;

export interface Finding {
  target: string;
  /** Repeats it: `npm run fuzz -- --target NAME --only SEED`. */
  seed: number;
  what: string;
}

export interface FuzzOptions {
  /** The first input's; each further one counts up. */
  seed: number;
  /** Ends after so many inputs or so many milliseconds, whichever comes first. */
  executions: number;
  ms: number;
  /** One target alone. */
  target?: string | undefined;
  /** Where inputs that were found are kept. */
  keepIn?: string | undefined;
  onFinding?: (finding: Finding) => void;
}

export interface FuzzResult {
  executions: Record<string, number>;
  findings: Finding[];
}

/** Feeds each target inputs in turn, the same ones for the same seed. Every kind of finding is told once. */
export async function fuzz(options: FuzzOptions): Promise<FuzzResult> {
  sharp.cache(false);
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-fuzz-'));
  try {
    const all = targetsOf(await makeSeeds());
    const targets = all.filter(({ name }) => options.target === undefined || name === options.target);
    if (targets.length === 0) throw new Error(`--target: expected one of ${all.map(({ name }) => name).join(', ')}.`);
    return await run(targets, folder, options);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function run(targets: Target[], folder: string, options: FuzzOptions): Promise<FuzzResult> {
  const result: FuzzResult = { executions: Object.fromEntries(targets.map(({ name }) => [name, 0])), findings: [] };
  const known = new Set<string>();
  const end = performance.now() + options.ms;
  const input = path.join(folder, 'input');
  for (let count = 0; count < options.executions && performance.now() < end; count++) {
    const seed = options.seed + Math.floor(count / targets.length);
    const target = targets[count % targets.length]!;
    const what = await tryOnce(target, seed, input, folder);
    result.executions[target.name]! += 1;
    const kind = `${target.name} ${what?.replace(/\d+/g, '#')}`;
    if (what === null || known.has(kind)) continue;
    known.add(kind);
    const finding = { target: target.name, seed, what };
    result.findings.push(finding);
    options.onFinding?.(finding);
    if (options.keepIn && existsSync(input)) {
      mkdirSync(options.keepIn, { recursive: true });
      copyFileSync(input, path.join(options.keepIn, `${target.name.replace(/ /g, '-')}-${seed}`));
    }
  }
  return result;
}

/** What is wrong with how a target took one input; null when nothing is. */
async function tryOnce(target: Target, seed: number, input: string, folder: string): Promise<string | null> {
  const start = process.cpuUsage();
  const thrown: unknown = await target.run(seeded(seed), input).then(
    () => null,
    (error: unknown) => error,
  );
  // Of the processor and not of the clock: a busy machine is no finding.
  const { user, system } = process.cpuUsage(start);
  if ((user + system) / 1000 > SLOW_MS) return 'took more than two seconds';
  if (thrown === null) return null;
  if (!(thrown instanceof CutoutError)) return `threw ${messageOf(thrown)}`;
  if (!target.codes.includes(thrown.code)) return `ended in ${thrown.code}: ${thrown.message}`;
  if (thrown.message.includes(folder) || /\n/.test(thrown.message))
    return `told a path or several lines: ${thrown.message}`;
  return null;
}
