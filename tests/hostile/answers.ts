import { setTimeout as sleep } from 'node:timers/promises';
import { type Session, uploadPhoto } from '../../scripts/lib/client';
import type { HostileApp } from './app';
import type { HostileFile } from './file';

/** What Strapi said to one request. */
export interface Answer {
  file: HostileFile;
  status: number;
  body: unknown;
  /** Of the asset, where there is one. */
  id: number | null;
  ms: number;
}

const AT_ONCE = 3;
const REQUEST_MS = 120_000;

/** Uploads every file, a few at a time. */
export const uploadAll = (app: HostileApp, files: readonly HostileFile[]): Promise<Answer[]> =>
  inTurn(files, (file) => send(app.session, file, '/api/upload'));

/** Puts every file in place of an asset that has a cutout of its own by then. */
export async function replaceAll(
  app: HostileApp,
  files: readonly HostileFile[],
  photo: string,
  ready: () => Promise<void>,
): Promise<Answer[]> {
  const assets = await inTurn(files, () => uploadPhoto(app.session, photo));
  await ready();
  return inTurn(files, (file, index) => send(app.session, file, `/api/upload?id=${assets[index]!.id}`));
}

async function send({ url, token }: Session, file: HostileFile, route: string): Promise<Answer> {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await file.make())], { type: file.mime }), file.name);
  const began = performance.now();
  const response = await fetch(url + route, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
    body: form,
    signal: AbortSignal.timeout(REQUEST_MS),
  });
  const body: unknown = await response.json();
  const [asset] = (Array.isArray(body) ? body : [body]) as { id?: number }[];
  return { file, status: response.status, body, id: asset?.id ?? null, ms: performance.now() - began };
}

async function inTurn<Item, Result>(
  items: readonly Item[],
  work: (item: Item, index: number) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  const queue = items.entries();
  const worker = async () => {
    for (const [index, item] of queue) results[index] = await work(item, index);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return results;
}

/** A job that is queued for later than that waits for a reason. */
const SOON_MS = 3000;

/** Waits until every look has been taken and no job is under way; one that waits for a reason is where it ends. */
export async function untilSettled(app: HostileApp, timeoutMs = 900_000): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  const open = () =>
    app.rows<{ open: number }>(
      `select (select count(*) from cutout_looks) + (select count(*) from cutout_jobs
       where state = 'running' or (state = 'queued' and run_at < ${Date.now() + SOON_MS})) as open`,
    )[0]!.open;
  while (open() > 0) {
    if (Date.now() > deadline) throw new Error(`Jobs are still under way after ${timeoutMs / 1000} s.`);
    await sleep(250);
  }
}

/** What two apps must agree about: no ids, no dates, no random part of a name. */
const OWN_TO_EACH = new Set(['id', 'documentId', 'createdAt', 'updatedAt', 'publishedAt', 'folderPath']);

export function comparable({ status, body }: Pick<Answer, 'status' | 'body'>): string {
  const plain = JSON.stringify(body, (key, value: unknown) => (OWN_TO_EACH.has(key) ? undefined : inOrder(value)));
  return `${status} ${plain.replaceAll(/_[0-9a-f]{10}\b/g, '_#')}`;
}

/** Strapi lists the sizes of a picture as they come out. */
function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
