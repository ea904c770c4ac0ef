import type { Context } from 'koa';

/** Of an address that leads to a stored picture, which is made anew now and then. */
export const REDIRECT_S = 60;

/**
 * Whether everybody would be answered the same: who says who they are may see what others may not, and a cache in between
 * must not hand it on.
 */
export function isForEverybody(ctx: Context): boolean {
  const { auth } = ctx.state as { auth?: { credentials?: unknown } };
  return ctx.get('Authorization') === '' && !auth?.credentials;
}

/** @param isPublic whether caches may keep the answer that browsers do not belong to alone */
export function allowCaching(ctx: Context, isPublic: boolean, seconds: number): void {
  ctx.set('Cache-Control', `${isPublic ? 'public' : 'private'}, max-age=${seconds}`);
  // What a browser kept for one person it must not show when another signs in, or nobody.
  ctx.vary('Authorization');
}
