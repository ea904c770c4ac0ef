import type { Context } from 'koa';
import { limited } from '../../limit';

/** Server-sent events to one client, from its request until either side ends it. */
export interface Stream {
  /** What a client does not take in time ends its stream: it comes back and is told what it missed. */
  send(text: string): void;
  end(): void;
}

export interface StreamOptions {
  /** Called every so often. @returns what to say, or null to end the stream */
  beat: () => Promise<string | null>;
  /** Called once, whoever ended it. */
  onClose: () => void;
}

/** Proxies close connections that are silent for a minute, some for half of one. */
export const BEAT_MS = 20_000;
/** Bytes that wait for one client. */
export const MOST_WAITING = 1024 * 1024;
/** After a stream that broke off. */
const RETRY_MS = 3000;
/** What a client may take to hear the end. */
const END_MS = 5000;

/** Answers a request with a stream; the request's own end is not waited for. */
export function openStream(ctx: Context, { beat, onClose }: StreamOptions): Stream {
  const { res } = ctx;
  ctx.respond = false;
  ctx.status = 200;
  ctx.set({
    'Content-Type': 'text/event-stream; charset=utf-8',
    // A proxy, or Strapi's own middleware, that compresses would hold events back.
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  let ending: NodeJS.Timeout | undefined;
  const send = (text: string) => {
    if (res.writableEnded || res.destroyed) return;
    if (res.writableLength > MOST_WAITING) res.destroy();
    else res.write(text);
  };
  const end = () => {
    if (res.destroyed) return;
    res.end();
    ending ??= setTimeout(() => res.destroy(), END_MS).unref();
  };
  const timer = setInterval(() => {
    // One that takes longer than to the next ends the stream.
    limited(BEAT_MS, undefined, beat).then((text) => (text === null ? end() : send(text)), end);
  }, BEAT_MS).unref();
  const close = () => {
    clearInterval(timer);
    clearTimeout(ending);
    onClose();
  };
  // The client may be gone already.
  if (res.closed || res.destroyed) queueMicrotask(close);
  else res.once('close', close);
  res.on('error', () => undefined);
  send(`retry: ${RETRY_MS}\n\n`);
  return { send, end };
}
