import type { Core } from '@strapi/strapi';
import type { Context, Next } from 'koa';

type Middleware = (ctx: Context, next: Next) => unknown;
type Factory = (config: unknown, context: { strapi: Core.Strapi }) => Middleware;

/**
 * Keeps Strapi's body parser from forms that are sent to the plugin's routes. The Rembg-compatible endpoint reads its own:
 * the parser takes a file without a `Content-Type` for text (Python's `requests` sends none) and leaves temporary files
 * behind. Where a route takes JSON it leaves them too, and answers a broken form with 500.
 */
export function leaveForms(strapi: Core.Strapi): void {
  const wrap =
    (factory: Factory): Factory =>
    (config, context) => {
      const parse = factory(config, context);
      return (ctx, next) => (isForm(strapi, ctx) ? next() : parse(ctx, next));
    };
  // Typed for the factories of plugins alone.
  strapi.get('middlewares').extend('strapi::body', wrap as never);
}

/** As the router compares: in any case, with or without a slash at the end. */
function isForm(strapi: Core.Strapi, ctx: Context): boolean {
  const own = `${strapi.config.get('api.rest.prefix', '/api')}/cutout/`.toLowerCase();
  const path = ctx.path.toLowerCase();
  if (ctx.method !== 'POST' || !path.startsWith(own)) return false;
  return path.slice(own.length).replace(/\/$/, '') === 'rmbg' || Boolean(ctx.is('multipart'));
}
