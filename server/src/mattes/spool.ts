import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Paid pictures between their arrival and their storage: each lies in a local folder under the id of its ledger row.
 * One that is left there was paid for and not stored, because the provider was away or the process died; `flush` takes
 * it up again.
 */
export interface Spool {
  /** Where the answer to a paid call goes. */
  fileFor(ledgerId: number): Promise<string>;
  has(ledgerId: number): Promise<boolean>;
  drop(ledgerId: number): Promise<void>;
  /** Ledger ids of what lies there. */
  waiting(): Promise<number[]>;
}

/** @param folder absolute; `scope` keeps databases apart that share the folder, e.g. of several apps of one machine */
export function createSpool(folder: string, scope: string): Spool {
  const dir = join(folder, createHash('sha256').update(scope).digest('hex').slice(0, 12));
  const fileOf = (ledgerId: number) => join(dir, `${ledgerId}.png`);
  return {
    async fileFor(ledgerId) {
      await mkdir(dir, { recursive: true });
      return fileOf(ledgerId);
    },
    has: (ledgerId) =>
      stat(fileOf(ledgerId)).then(
        ({ size }) => size > 0,
        () => false,
      ),
    drop: (ledgerId) => rm(fileOf(ledgerId), { force: true }),
    async waiting() {
      const names = await readdir(dir).catch(() => []);
      return names.flatMap((name) => /^(\d+)\.png$/.exec(name)?.[1] ?? []).map(Number);
    },
  };
}
