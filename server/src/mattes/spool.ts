import { createHash } from 'node:crypto';
import { mkdir, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CutoutError } from '../errors';
import { limited } from '../limit';

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

/** A folder on a mount that died answers never. */
const LIMIT_MS = 20_000;

const answering = <T>(work: () => Promise<T>): Promise<T> =>
  limited(LIMIT_MS, undefined, work).catch((cause: unknown) => {
    if ((cause as { name?: unknown }).name !== 'TimeoutError') throw cause;
    const message = `The folder of paid mattes, remote.paidDir, did not answer within ${LIMIT_MS / 1000} s.`;
    throw new CutoutError('store.failed', message, { cause });
  });

/** @param folder absolute; `scope` keeps databases apart that share the folder, e.g. of several apps of one machine */
export function createSpool(folder: string, scope: string): Spool {
  const dir = join(folder, createHash('sha256').update(scope).digest('hex').slice(0, 12));
  const fileOf = (ledgerId: number) => join(dir, `${ledgerId}.png`);
  return {
    async fileFor(ledgerId) {
      await answering(() => mkdir(dir, { recursive: true }));
      return fileOf(ledgerId);
    },
    has: (ledgerId) =>
      answering(() =>
        stat(fileOf(ledgerId)).then(
          ({ size }) => size > 0,
          () => false,
        ),
      ),
    drop: (ledgerId) => answering(() => rm(fileOf(ledgerId), { force: true })),
    async waiting() {
      const names = await answering(() => readdir(dir).catch(() => []));
      return names.flatMap((name) => /^(\d+)\.png$/.exec(name)?.[1] ?? []).map(Number);
    },
  };
}
