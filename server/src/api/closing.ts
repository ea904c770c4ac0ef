import type { Context } from 'koa';

/** When the answer is sent, or the caller is gone. */
export function onceClosed({ res }: Context, then: () => unknown): void {
  if (res.closed || res.destroyed) then();
  else res.once('close', then);
}

/** A caller that does not take its answer would keep what it is read from for ever. */
export function closeAfter(ctx: Context, ms: number): void {
  const timer = setTimeout(() => ctx.res.destroy(), ms);
  timer.unref();
  onceClosed(ctx, () => clearTimeout(timer));
}
