import type { Context } from 'koa';
import type { z } from 'zod';
import { CutoutError } from '../errors';

/** What Strapi itself calls a refusal of this status; other failures carry the plugin's own name. */
const strapiNames: Record<number, string> = { 403: 'ForbiddenError', 404: 'NotFoundError' };

type Handler = (ctx: Context) => Promise<void> | void;

/** Turns the plugin's own errors into answers of Strapi's error shape; everything else is left to Strapi. */
export function answering(handler: Handler): Handler {
  return async (ctx) => {
    try {
      await handler(ctx);
    } catch (error) {
      if (!(error instanceof CutoutError)) throw error;
      const { status, code, message, details } = error;
      ctx.status = status;
      ctx.body = {
        data: null,
        error: {
          status,
          name: strapiNames[status] ?? 'CutoutError',
          message,
          details: { code, issues: details ?? [] },
        },
      };
    }
  };
}

/** @throws CutoutError `options.invalid`, one sentence for the first issue and all of them in `details`. */
export function parseInput<S extends z.ZodType>(schema: S, input: unknown, what: string): z.output<S> {
  const result = schema.safeParse(input);
  if (result.success) return result.data;
  const details = result.error.issues.map((issue) => ({ field: issue.path.join('.') || what, message: issue.message }));
  throw new CutoutError('options.invalid', details.map(({ field, message }) => `${field}: ${message}`).join('; '), {
    details,
  });
}
