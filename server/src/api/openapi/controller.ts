import { createReadStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { packageRoot } from '../../package-root';
import { endpoints } from '../endpoints';
import { openapiDocument } from './document';
import { pageFiles } from './routes';

/** `GET /api/cutout/openapi`, and the page that shows it. Both are as if they were not there where they are switched off. */
export const openapiController = ({ strapi }: { strapi: Core.Strapi }) => {
  const folder = join(packageRoot(), 'dist', 'reference');
  let document: Promise<string> | null = null;

  const serverUrl = (): string => strapi.config.get('server.url', '');

  const write = async (): Promise<string> => {
    const manifest = JSON.parse(await readFile(join(packageRoot(), 'package.json'), 'utf8')) as { version: string };
    return JSON.stringify(
      openapiDocument({
        endpoints,
        config: getApp(strapi).config,
        version: manifest.version,
        prefix: strapi.config.get('api.rest.prefix', '/api'),
        serverUrl: serverUrl(),
      }),
    );
  };

  const send = async (ctx: Context, name: string, type: string): Promise<void> => {
    const path = join(folder, name);
    const { size, mtimeMs } = await stat(path);
    ctx.status = 200;
    ctx.etag = `${size}-${mtimeMs}`;
    ctx.set('Cache-Control', 'no-cache');
    if (ctx.fresh) {
      ctx.status = 304;
      return;
    }
    ctx.body = createReadStream(path);
    ctx.type = type;
    ctx.length = size;
  };

  const showsPage = (): boolean => {
    const { enabled, reference } = getApp(strapi).config.openapi;
    return enabled && reference;
  };

  return {
    async find(ctx: Context) {
      if (!getApp(strapi).config.openapi.enabled) return ctx.notFound();
      document ??= write();
      document.catch(() => (document = null));
      ctx.body = await document;
      ctx.type = 'application/json';
    },

    async page(ctx: Context) {
      if (!showsPage()) return ctx.notFound();
      // Its addresses are relative, so that it works behind a proxy with a path of its own.
      if (ctx.path.endsWith('/')) return ctx.redirect('../reference');
      ctx.set('Content-Security-Policy', contentPolicy(serverUrl()));
      await send(ctx, 'page.html', 'text/html');
    },

    async file(ctx: Context) {
      const name = String(ctx.params.file);
      if (!showsPage() || !isPageFile(name)) return ctx.notFound();
      await send(ctx, name, pageFiles[name]);
    },
  };
};

const isPageFile = (name: string): name is keyof typeof pageFiles => Object.hasOwn(pageFiles, name);

/** Narrower than Strapi's own, whatever the app has made of that: the page asks nobody but this Strapi. */
function contentPolicy(serverUrl: string): string {
  const server = serverUrl.startsWith('http') ? ` ${new URL(serverUrl).origin}` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    // Swagger UI sets styles of elements.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    `connect-src 'self'${server}`,
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
