import supertest from 'supertest';
import type { Session } from '../../scripts/lib/client';
import { type ApiDocument, routesOf } from '../fuzz/api/operations';
import { bootCore, type CoreApp, listen, removeData } from '../support/core';

/** `/api/cutout/openapi` and `/api/cutout/reference` of a running app. */

let app: CoreApp;
let session: Session;
beforeAll(async () => {
  app = await bootCore({ config: { rembgApi: { enabled: true } } });
  session = await listen(app);
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
});

const get = (route: string, headers: Record<string, string> = {}) =>
  fetch(`${session.url}/api/cutout${route}`, { headers, redirect: 'manual' });
const settings = () => app.cutout.config.openapi;

describe('the document', () => {
  it('is there for everybody, and names every route that Strapi’s router has', async () => {
    const answer = await get('/openapi');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch('application/json');
    const document = (await answer.json()) as ApiDocument;
    const told = routesOf(document).map(({ method, path }) => `${method} ${path}`);
    const routed = app.strapi.server
      .listRoutes()
      .filter(({ path }) => path.startsWith('/api/cutout/'))
      .flatMap(({ methods, path }) =>
        (methods as string[])
          .filter((method) => method !== 'HEAD')
          .map((method) => `${method} ${path.replace(/:(\w+)/g, '{$1}')}`),
      );
    expect(routed.length).toBeGreaterThan(10);
    expect(told.sort()).toEqual([...routed].sort());
  });

  it('tells nothing of this app but its addresses', async () => {
    const text = await (await get('/openapi')).text();
    const { presets, local } = app.cutout.config;
    expect(Object.keys(presets)).toContain('thumb');
    expect(text).not.toContain('thumb');
    expect(text).not.toContain(local.cacheDir);
  });

  it('is not there when it is switched off, nor is the page', async () => {
    settings().enabled = false;
    const answers = await Promise.all(['/openapi', '/reference', '/reference/start.js'].map((route) => get(route)));
    settings().enabled = true;
    expect(answers.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(await answers[0]!.json()).toMatchObject({ data: null, error: { status: 404, name: 'NotFoundError' } });
  });
});

describe('the reference page', () => {
  it('is a page that may ask nobody but this Strapi', async () => {
    const answer = await get('/reference');
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch('text/html');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; " +
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    const html = await answer.text();
    expect(html).not.toMatch(/https?:|<script>|<style|\son\w+=/);
    const linked = [...html.matchAll(/(?:src|href)="(reference\/[^"]+)"/g)].map(([, file]) => file);
    expect(linked).toHaveLength(3);
    for (const file of linked) expect((await get(`/${file}`)).status).toBe(200);
  });

  it('is found with a slash at the end too', async () => {
    const answer = await get('/reference/');
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '../reference']);
  });

  it('is sent once to a browser that keeps it', async () => {
    const ask = () => supertest(session.url).get('/api/cutout/reference/swagger-ui.css');
    const first = await ask()
      .expect(200)
      .expect('content-type', /^text\/css/);
    expect(first.text.length).toBeGreaterThan(100_000);
    await ask().set('if-none-match', first.headers.etag!).expect(304, '');
  });

  it.each(['page.html', 'LICENSE', '..%2F..%2Fpackage.json', '__proto__', 'constructor'])(
    'has no file %s',
    async (name) => {
      expect((await get(`/reference/${name}`)).status).toBe(404);
    },
  );

  it('is not there when it is switched off, and the document still is', async () => {
    settings().reference = false;
    const answers = await Promise.all(['/openapi', '/reference', '/reference/start.js'].map((route) => get(route)));
    settings().reference = true;
    expect(answers.map(({ status }) => status)).toEqual([200, 404, 404]);
  });
});
