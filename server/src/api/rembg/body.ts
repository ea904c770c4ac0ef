import { createWriteStream } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { basename, join } from 'node:path';
import { type Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { Busboy, type BusboyHeaders, type BusboyInstance } from '@fastify/busboy';
import { tempFault } from '../../work-dir';

export interface UploadedImage {
  path: string;
  /** As the form named it, without folders; empty when no file was chosen. */
  name: string;
  /** As sent; of a file that is too large, no more than the limit is at `path`. */
  bytes: number;
}

export interface RembgForm {
  /** The first of each name. */
  fields: ReadonlyMap<string, string>;
  /** `null` without one. */
  image: UploadedImage | null;
}

/** The body is no form data, though it says so. */
export class BadFormError extends Error {}

const LIMITS = { fields: 100, parts: 200, fieldSize: 64 * 1024, headerPairs: 100 };

/**
 * Reads a form to its end; the image goes to disk, other files nowhere. A body of another kind is a form without fields.
 * @throws BadFormError, CutoutError `temp.unavailable`, or the signal's reason
 */
export async function receiveForm(
  request: IncomingMessage,
  { dir, maxBytes, signal }: { dir: string; maxBytes: number; signal: AbortSignal },
): Promise<RembgForm> {
  const type = request.headers['content-type'] ?? '';
  const fields = new Map<string, string>();
  if (!/^multipart\/form-data\b/i.test(type)) {
    await discardBody(request);
    return { fields, image: null };
  }
  const parser = createParser(request);
  // Whatever happens, nothing is written when this function has ended.
  const end = new AbortController();
  const saving = AbortSignal.any([signal, end.signal]);
  const images: Promise<UploadedImage>[] = [];
  parser.on('field', (name, value) => {
    if (!fields.has(name)) fields.set(name, value);
  });
  parser.on('file', (name, file, filename) => {
    if (name !== 'image' || images.length > 0) return void file.on('error', () => undefined).resume();
    const image = saveImage(file, {
      path: join(dir, 'upload'),
      name: basename(filename ?? ''),
      maxBytes,
      signal: saving,
    });
    // A failure is thrown below, or stops the parser.
    image.catch((error: Error) => parser.destroy(error));
    images.push(image);
  });
  try {
    await parsed(request, parser, signal);
    return { fields, image: (await images[0]) ?? null };
  } finally {
    end.abort();
    request.unpipe(parser);
    parser.destroy();
    request.resume();
    await Promise.allSettled(images);
  }
}

function createParser(request: IncomingMessage): BusboyInstance {
  try {
    return new Busboy({ headers: request.headers as BusboyHeaders, limits: LIMITS });
  } catch (cause) {
    request.resume();
    throw new BadFormError('no boundary', { cause });
  }
}

function parsed(request: IncomingMessage, parser: BusboyInstance, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const giveUp = () => reject(signal.reason as Error);
    const fail = (cause: Error) => reject(cause.name === 'CutoutError' ? cause : new BadFormError('broken', { cause }));
    signal.addEventListener('abort', giveUp, { once: true });
    parser.once('finish', () => {
      signal.removeEventListener('abort', giveUp);
      resolve();
    });
    parser.on('error', (error) => fail(error as Error));
    request.once('error', fail);
    if (signal.aborted) giveUp();
    request.pipe(parser);
  });
}

interface SaveOptions {
  path: string;
  name: string;
  maxBytes: number;
  signal: AbortSignal;
}

async function saveImage(file: Readable, { path, name, maxBytes, signal }: SaveOptions): Promise<UploadedImage> {
  let bytes = 0;
  const upToLimit = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const room = Math.max(0, maxBytes - bytes);
      bytes += chunk.length;
      done(null, chunk.subarray(0, room));
    },
  });
  try {
    await pipeline(file, upToLimit, createWriteStream(path), { signal });
  } catch (error) {
    signal.throwIfAborted();
    // The system's own errors come from the disk; others say that the form broke off.
    throw (error as NodeJS.ErrnoException).syscall ? tempFault(error) : error;
  }
  return { path, name, bytes };
}

/** A refused upload is read for so long: a client that is still sending would not hear the answer. */
const DISCARD_MS = 30_000;

/** Reads what comes and keeps nothing. */
export async function discardBody(request: IncomingMessage): Promise<void> {
  if (request.readableEnded || request.destroyed) return;
  const ended = new Promise<void>((resolve) => {
    request
      .once('end', resolve)
      .once('close', resolve)
      .once('error', () => resolve());
  });
  request.resume();
  const waiting = new AbortController();
  await Promise.race([
    ended,
    sleep(DISCARD_MS, undefined, { ref: false, signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
}
