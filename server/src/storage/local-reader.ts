import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { createPool } from '../pool';
import type { CopyResult, Pool } from '../pool/contract';

/**
 * Reads files of a local provider in child processes of their own. A read from a dead network mount never returns: in
 * Strapi's process four of them would stop every other file access for good, and not even SIGTERM would end it.
 */
const READERS = 2;
/** An idle one gives its 40 MB back. */
const IDLE_MS = 30_000;
/** 100 MB from a slow disk take ten seconds. */
const READ_LIMIT_MS = 30_000;

const readers = new WeakMap<Core.Strapi, Pool>();

function readerOf(strapi: Core.Strapi): Pool {
  const known = readers.get(strapi);
  if (known) return known;
  const reader = createPool({ workers: READERS, idleTimeoutMs: IDLE_MS });
  readers.set(strapi, reader);
  return reader;
}

/** Whether a file's address is a path of Strapi's own, and no host's. */
export const isLocal = (url: string): boolean => /^\/(?!\/)/.test(url);

/** @throws CutoutError `storage.gone`, `storage.unavailable`, `source.too-large` or `job.cancelled` */
export async function copyLocal(
  strapi: Core.Strapi,
  file: { name: string; url: string },
  target: string,
  { maxBytes, signal, limitMs = READ_LIMIT_MS }: { maxBytes: number; signal: AbortSignal; limitMs?: number },
): Promise<CopyResult> {
  const source = join(strapi.dirs.static.public, decodeURI(file.url));
  const task = { source, target, maxBytes, name: file.name };
  try {
    return await readerOf(strapi).run('copy', task, { timeoutMs: limitMs, signal });
  } catch (error) {
    if (!(error instanceof CutoutError) || !['worker.timeout', 'worker.crashed'].includes(error.code)) throw error;
    const message =
      error.code === 'worker.timeout'
        ? `The folder of uploads did not answer within ${Math.round(limitMs / 1000)} s.`
        : 'The process that read the folder of uploads ended.';
    throw new CutoutError('storage.unavailable', message, { cause: error });
  }
}

/** Ends the readers, also those whose read hangs. */
export async function closeReaders(strapi: Core.Strapi): Promise<void> {
  await readers.get(strapi)?.destroy();
}
