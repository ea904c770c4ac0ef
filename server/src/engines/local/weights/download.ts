import { promises as fs } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { CutoutError } from '../../../errors';
import { isDiskFault } from './cache-faults';
import { writeAll } from './place';
import type { OnProgress } from './progress';
import { downloadFailed, faultOf, get, shownUrl } from './transport';

/**
 * Downloads one file so that nothing is fetched twice: what arrived stays in `<part>` beside a note of what it is a
 * part of, and the next try asks for the rest alone (Range with If-Range, RFC 9110 §13.1.5 and §14).
 */
export interface DownloadRequest {
  url: string;
  /** Where the bytes go; whole when the promise is fulfilled. */
  part: string;
  /** Bytes the whole must have, where known. */
  expectedBytes?: number;
  /** First pause after a failed try; doubles each time. */
  retryDelayMs: number;
  signal?: AbortSignal;
  onProgress?: OnProgress;
}

/** Tries in a row that bring no byte. One that brings some counts as a fresh start. */
const MAX_BARREN_TRIES = 4;
const MAX_TRIES = 50;
/** Nothing larger is written when neither card nor server says a size. */
const MAX_BYTES = 8 * 2 ** 30;
const PASSING_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);

const noteSchema = z.object({ url: z.string(), validator: z.string(), total: z.number().nullable() });
type Note = z.infer<typeof noteSchema>;

/** A failure that another try may cure. */
class Passing extends Error {}

/**
 * @returns whether the file was put together from more than one answer.
 * @throws CutoutError `model.download-failed`; the abort signal's reason.
 */
export async function downloadFile(transport: Dispatcher, wanted: DownloadRequest): Promise<{ resumed: boolean }> {
  for (let tries = 1, barren = 0; ; tries += 1) {
    const had = await sizeOf(wanted.part);
    try {
      await fetchRest(transport, wanted);
      return { resumed: had > 0 };
    } catch (error) {
      wanted.signal?.throwIfAborted();
      if (error instanceof CutoutError || isDiskFault(error)) throw error;
      if (!isPassing(error)) throw downloadFailed(wanted.url, faultOf(error), error);
      barren = (await sizeOf(wanted.part)) > had ? 1 : barren + 1;
      if (barren >= MAX_BARREN_TRIES || tries >= MAX_TRIES) {
        throw downloadFailed(wanted.url, `${faultOf(error)}, ${tries} tries`, error);
      }
      const pause = wanted.retryDelayMs * 2 ** (barren - 1) * (0.75 + Math.random() / 2);
      await sleep(pause, undefined, wanted.signal ? { signal: wanted.signal } : {});
    }
  }
}

/** Forgets what has arrived. */
export async function dropPart(part: string): Promise<void> {
  await fs.rm(part, { force: true });
  await fs.rm(notePath(part), { force: true });
}

async function fetchRest(transport: Dispatcher, wanted: DownloadRequest): Promise<void> {
  const note = await readNote(wanted);
  const have = note ? await sizeOf(wanted.part) : 0;
  if (note && have > 0 && have === note.total) return;
  const range: Record<string, string> = note && have > 0 ? { range: `bytes=${have}-`, 'if-range': note.validator } : {};
  const response = await get(transport, wanted.url, { headers: range, signal: wanted.signal });
  try {
    await receive(response, have, wanted);
  } finally {
    response.body.on('error', () => undefined).destroy();
  }
}

async function receive(response: Dispatcher.ResponseData, have: number, wanted: DownloadRequest): Promise<void> {
  const { statusCode } = response;
  if (statusCode === 416) {
    // The file changed and is shorter now, or the part is not a part of it.
    await dropPart(wanted.part);
    throw new Passing('the server has no such range');
  }
  if (PASSING_STATUS.has(statusCode)) throw new Passing(`the server answered ${statusCode}`);
  if (statusCode !== 200 && statusCode !== 206) throw downloadFailed(wanted.url, `the server answered ${statusCode}`);

  const start = statusCode === 206 ? rangeStart(response) : 0;
  if (statusCode === 206 && start !== have) {
    await dropPart(wanted.part);
    throw new Passing('the server sent another range than it was asked for');
  }
  const length = Number(response.headers['content-length'] ?? NaN);
  const total = Number.isFinite(length) ? start + length : null;
  refuseSize(total ?? 0, total !== null, wanted);
  if (start === 0) {
    await dropPart(wanted.part);
    await writeNote(wanted, response, total);
  }
  await append(response.body, start, total ?? wanted.expectedBytes ?? null, wanted);
}

async function append(
  body: AsyncIterable<Buffer>,
  start: number,
  total: number | null,
  wanted: DownloadRequest,
): Promise<void> {
  const handle = await fs.open(wanted.part, start === 0 ? 'w' : 'r+');
  let bytes = start;
  try {
    for await (const block of body) {
      refuseSize(bytes + block.length, false, wanted);
      await writeAll(handle, block, bytes);
      bytes += block.length;
      wanted.onProgress?.({ phase: 'download', bytes, total });
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  if (total !== null && bytes !== total) throw new Passing(`the connection ended after ${bytes} of ${total} bytes`);
}

function refuseSize(bytes: number, exact: boolean, { url, expectedBytes }: DownloadRequest): void {
  const limit = expectedBytes ?? MAX_BYTES;
  const wrong = exact && expectedBytes !== undefined ? bytes !== limit : bytes > limit;
  if (wrong) throw downloadFailed(url, `expected ${limit} bytes but the server sends ${exact ? bytes : 'more'}`);
}

function rangeStart({ headers }: Dispatcher.ResponseData): number {
  return Number(/^bytes (\d+)-/.exec(String(headers['content-range']))?.[1] ?? NaN);
}

const RESETS = /^(UND_ERR_|ECONN|ETIMEDOUT|EPIPE|ENETUNREACH|EHOSTUNREACH|EAI_AGAIN|ENOTFOUND)/;

function isPassing(error: unknown): boolean {
  if (error instanceof Passing) return true;
  const { code, cause } = error as { code?: string; cause?: { code?: string } };
  return RESETS.test(code ?? '') || RESETS.test(cause?.code ?? '');
}

const notePath = (part: string): string => `${part}.json`;

/** What the bytes on disk are a part of; `null` when that is not this URL or cannot be told. */
async function readNote({ part, url }: DownloadRequest): Promise<Note | null> {
  const text = await fs.readFile(notePath(part), 'utf8').catch(() => '');
  let value: unknown = null;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const note = noteSchema.safeParse(value).data;
  return note && note.url === shownUrl(url) ? note : null;
}

/** If-Range needs a strong validator; without one the next try begins anew. */
async function writeNote({ part, url }: DownloadRequest, { headers }: Dispatcher.ResponseData, total: number | null) {
  const etag = String(headers.etag ?? '');
  const validator = etag !== '' && !etag.startsWith('W/') ? etag : String(headers['last-modified'] ?? '');
  if (validator === '') return;
  await fs.writeFile(notePath(part), JSON.stringify({ url: shownUrl(url), validator, total } satisfies Note));
}

async function sizeOf(file: string): Promise<number> {
  return fs.stat(file).then(
    ({ size }) => size,
    () => 0,
  );
}
