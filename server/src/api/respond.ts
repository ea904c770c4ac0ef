import type { Context } from 'koa';
import type { z } from 'zod';
import { CutoutError } from '../errors';
import type { ErrorResponse } from './content/contracts';

/** What Strapi itself calls a refusal of this status; other failures carry the plugin's own name. */
const strapiNames: Record<number, string> = { 403: 'ForbiddenError', 404: 'NotFoundError' };

/** An error of the plugin in Strapi's form, as every route but the Rembg-compatible ones answers it. */
export const errorBody = ({ status, code, message, details }: CutoutError): ErrorResponse => ({
  data: null,
  error: { status, name: strapiNames[status] ?? 'CutoutError', message, details: { code, issues: details ?? [] } },
});

type Handler = (ctx: Context) => Promise<void> | void;

/** Turns the plugin's own errors into answers of Strapi's error shape; everything else is left to Strapi. */
export function answering(handler: Handler): Handler {
  return async (ctx) => {
    try {
      await handler(ctx);
    } catch (error) {
      if (!(error instanceof CutoutError)) throw error;
      const { retryAt } = error;
      ctx.status = error.status;
      if (retryAt !== null) ctx.set('Retry-After', String(secondsTo(retryAt)));
      ctx.body = errorBody(error);
    }
  };
}

/** Where nobody knows when it will be done. */
const COME_BACK_S = 2;

/** `Retry-After` in seconds. @param at when another try makes sense; null where nobody knows */
export const secondsTo = (at: string | number | null): number =>
  at === null ? COME_BACK_S : Math.max(1, Math.ceil((new Date(at).getTime() - Date.now()) / 1000));

/** @throws CutoutError `options.invalid`, one sentence for the first issue and all of them in `details`. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => ({ field: issue.path.join('.') || what, message: issue.message }));
  throw new CutoutError('options.invalid', details.map(({ field, message }) => `${field}: ${message}`).join('; '), {
    details,
  });
}

/** What was sent as JSON; nothing counts as `{}`. @throws CutoutError `options.invalid` for a form */
export function jsonBody(ctx: Context): object {
  if (ctx.is('multipart')) throw new CutoutError('options.invalid', 'body: expected JSON, received a form');
  return (ctx.request.body ?? {}) as object;
}
