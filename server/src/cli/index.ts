#!/usr/bin/env node
import { CommanderError } from 'commander';
import { CutoutError } from '../errors';
import { withKebabFlags } from './compose-flags';
import { createProgram } from './program';
import { exitCodes, UsageError } from './usage-error';

/** The `cutout` command; docs/cli.md describes it. */
async function main(): Promise<void> {
  const interrupt = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM'] as const) {
    // The second time the default acts, so that nothing can keep the command alive.
    process.once(name, () => interrupt.abort());
  }
  // A reader that went away, as `head` does, is no failure.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    process.exit();
  });
  try {
    const program = createProgram({ signal: interrupt.signal, exit: (code) => void (process.exitCode = code) });
    await program.parseAsync(withKebabFlags(process.argv));
  } catch (error) {
    process.exitCode = explain(error, interrupt.signal);
  }
}

function explain(error: unknown, signal: AbortSignal): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (signal.aborted) return exitCodes.interrupted;
  const lines = error instanceof UsageError ? error.lines : [];
  if (error instanceof CutoutError) lines.push(error.message);
  // Anything else is a fault of this program: its stack belongs into a bug report.
  if (lines.length === 0) lines.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
  for (const line of lines) process.stderr.write(`cutout: ${line}\n`);
  const misused = error instanceof UsageError || (error instanceof CutoutError && isMisuse(error));
  return misused ? exitCodes.usage : exitCodes.failed;
}

function isMisuse({ code }: CutoutError): boolean {
  return code === 'model.unknown' || code === 'model.license' || code === 'config.invalid';
}

void main();
