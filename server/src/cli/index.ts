#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CutoutError } from '../errors';
import { faultWords, isFileFault } from '../file-fault';
import { withKebabFlags } from './compose-flags';
import { type Ending, watchForEnding } from './ending';
import { createProgram } from './program';
import { exitCodes, UsageError } from './usage-error';
import { inWordsOfFlags } from './words-of-flags';

/** The `cutout` command; docs/cli.md describes it. */
async function main(): Promise<void> {
  const ending = watchForEnding();
  let code: number = exitCodes.ok;
  try {
    const program = createProgram({ signal: ending.signal, exit: (wanted) => void (code = wanted) });
    await program.parseAsync(withKebabFlags(process.argv));
  } catch (error) {
    code = explain(error, ending);
  }
  process.exitCode = ending.code() ?? code;
}

function explain(error: unknown, ending: Ending): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (ending.code() !== null) return exitCodes.failed;
  const lines = error instanceof UsageError ? error.lines : [];
  if (error instanceof CutoutError) lines.push(inWordsOfFlags(error).message);
  else if (isFileFault(error)) lines.push(`A file could not be read or written: ${faultWords(error)}.`);
  // Anything else is a fault of this program: its stack belongs into a bug report.
  if (lines.length === 0) lines.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (const line of lines) say(line);
  const misused = error instanceof UsageError || (error instanceof CutoutError && isMisuse(error));
  return misused ? exitCodes.usage : exitCodes.failed;
}

const say = (line: string): void => void process.stderr.write(`cutout: ${line}\n`);

function isMisuse({ code }: CutoutError): boolean {
  return code === 'model.unknown' || code === 'model.license' || code === 'config.invalid';
}

void main();
