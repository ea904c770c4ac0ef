import { open } from 'node:fs/promises';
import type { Context } from 'koa';
import { closeAfter, onceClosed } from '../closing';

/** For taking the answer. */
const SEND_MS = 5 * 60_000;

/**
 * Answers with a file of the work folder, which may be removed once this has resolved: an open file stays readable. It
 * is closed when it was sent, and when the caller is gone or too slow.
 */
export async function sendFile(ctx: Context, path: string, mime: string): Promise<void> {
  const handle = await open(path);
  // It closes the handle at its end, and when it is destroyed.
  const stream = handle.createReadStream();
  onceClosed(ctx, () => stream.destroy());
  ctx.status = 200;
  ctx.type = mime;
  ctx.body = stream;
  ctx.length = (await handle.stat()).size;
  ctx.set('Cache-Control', 'private, no-store');
  ctx.set('X-Content-Type-Options', 'nosniff');
  // koa-compress would send it without its length.
  Object.assign(ctx, { compress: false });
  closeAfter(ctx, SEND_MS);
}
