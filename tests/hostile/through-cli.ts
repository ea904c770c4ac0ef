import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { createCutoutFolder } from '../support/cutout-folder';
import { MAX_PIXELS } from './corpus';
import { type HostileFile, type Outcome, wanted } from './file';
import type { Ended } from './ended';

export interface CliRun {
  ended: Ended[];
  exitCode: number | null;
  stderr: string;
  /** Names in the temporary folder when it had ended. */
  left: string[];
  /** Pictures that are no input's. */
  strays: string[];
  ms: number;
}

interface CliResult {
  input: string;
  status: string;
  ms?: number;
  files?: { path: string }[];
  reason?: { code: Outcome; message: string };
}

/** All files that can lie in a folder, by one `cutout remove` with the tiny model. */
export async function throughCli(files: readonly HostileFile[]): Promise<CliRun> {
  const folder = createCutoutFolder();
  try {
    mkdirSync(folder.at('in'));
    const inputs = new Map<string, HostileFile>();
    for (const file of files) {
      if (wanted(file, 'cli') === null) continue;
      inputs.set(file.name, file);
      writeFileSync(folder.at('in', file.name), await file.make());
    }
    const began = performance.now();
    const limits = ['--max-pixels', String(MAX_PIXELS), '--skip-transparent', '0.05', '--timeout', '60'];
    const args = ['--json', '--workers', '1', ...limits, '-o', '../out', '--', ...inputs.keys()];
    const env = { CUTOUT_MODELS_DIR: folder.at('models'), CUTOUT_CACHE: folder.at('cache') };
    const { code, stdout, stderr } = await folder.remove(args, { cwd: folder.at('in'), env, timeoutMs: 900_000 });
    const ms = performance.now() - began;
    const results = readResults(stdout, stderr);
    const ended = results.map(({ input, reason, ms: took }) => {
      const file = inputs.get(input);
      if (!file) throw new Error(`The command line told of '${input}', which is no input.`);
      return { file, outcome: reason?.code ?? ('done' as const), message: reason?.message ?? '', ms: took ?? 0 };
    });
    const made = results.flatMap((result) => result.files ?? []).map(({ path }) => path);
    const there = readdirSync(folder.path, { recursive: true, encoding: 'utf8' });
    const strays = there
      .filter((name) => !/^(models|cache|tmp)(\/|$)/.test(name) && name !== 'in' && name !== 'out')
      .filter((name) => !made.includes(folder.at(name)) && !inputs.has(name.replace(/^in\//, '')));
    return { ended, exitCode: code, stderr, left: readdirSync(folder.at('tmp')), strays, ms };
  } finally {
    folder.clear();
  }
}

function readResults(stdout: Buffer, stderr: string): CliResult[] {
  try {
    return (JSON.parse(stdout.toString()) as { results: CliResult[] }).results;
  } catch {
    throw new Error(
      `The command line answered with no JSON: ${stdout.toString().slice(0, 500)} ${stderr.slice(0, 500)}`,
    );
  }
}
