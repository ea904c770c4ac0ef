import type { Context } from 'koa';
import type { Rendered } from '../../renders';
import { closeAfter } from '../closing';
import { allowCaching } from './caching';

/** For taking the answer. */
const SEND_MS = 5 * 60_000;

/** A rendered picture as it is answered, without its bytes. */
export interface RenderAnswer {
  /** In the cache; its part before the dot is the ETag. */
  name: string;
  mime: string;
  fileName: string;
  isPublic: boolean;
  maxAgeS: number;
}

const etagOf = ({ name }: RenderAnswer): string => `"${name.split('.')[0]}"`;

/**
 * Whether the caller has this picture; then nothing is made, and nothing is read. Koa's own answer is no where the request
 * says `no-cache`, as that of every program does that sends `If-None-Match` by `fetch`.
 */
export function hasIt(ctx: Context, answer: RenderAnswer): boolean {
  const known = ctx.get('If-None-Match').split(',');
  return known.some((tag) => ['*', etagOf(answer)].includes(tag.trim().replace(/^W\//, '')));
}

/** @param rendered null where the caller has it */
export function answerRender(ctx: Context, answer: RenderAnswer, rendered: Rendered | null): void {
  if (rendered) send(ctx, answer, rendered);
  else ctx.status = 304;
  ctx.set('ETag', etagOf(answer));
  allowCaching(ctx, answer.isPublic, answer.maxAgeS);
}

function send(ctx: Context, { mime, fileName }: RenderAnswer, { body, bytes }: Rendered): void {
  ctx.status = 200;
  ctx.type = mime;
  ctx.body = body;
  ctx.length = bytes;
  ctx.set('X-Content-Type-Options', 'nosniff');
  ctx.set('Content-Disposition', `inline; filename="${fileName}"`);
  // Its parts would be those of another file where another machine encodes the same picture in other bytes.
  ctx.set('Accept-Ranges', 'none');
  // As would be a BMP that koa-compress packs: one ETag is one sequence of bytes.
  Object.assign(ctx, { compress: false });
  if (!Buffer.isBuffer(body)) closeAfter(ctx, SEND_MS);
}
