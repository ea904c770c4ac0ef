import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import ts from 'typescript';
import { createProduct, type Session } from '../../scripts/lib/client';
import paths from '../../scripts/lib/paths';
import { type CoreApp, discard, idle, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';

/** The README's page, run as it stands there, with the built client. */

let app: CoreApp;
let session: Session;
beforeAll(async () => {
  ({ app, session } = await startQuickApp({ presets: { card: { w: 40, sizes: [20] } } }));
}, 120_000);
afterAll(() => discard(app));

type Page = () => Promise<ReactNode>;

function pageOfReadme(): Page {
  const readme = readFileSync(path.join(paths.root, 'README.md'), 'utf8');
  const [, source] = /```tsx\n([\s\S]*?)```/.exec(readme)!;
  const { outputText } = ts.transpileModule(source!, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022, jsx: ts.JsxEmit.ReactJSX },
  });
  const exported: { default?: Page } = {};
  const fromHere = createRequire(__filename);
  const load = (name: string): unknown =>
    fromHere(name === 'strapi-plugin-cutout/client' ? path.join(paths.root, 'dist/client') : name);
  // eslint-disable-next-line @typescript-eslint/no-implied-eval -- the README's own text is what is tested
  new Function('exports', 'require', outputText)(exported, load);
  return exported.default!;
}

it('shows the cutouts that are there, and the original where there is none', async () => {
  process.env.STRAPI_URL = session.url;
  process.env.STRAPI_TOKEN = session.token;
  const ready = await createProduct(session, { title: 'Ready' });
  const plain = await createProduct(session, { title: 'Plain' });
  const add = async (product: { id: number }, seed: number, cutout: string) =>
    upload(session, {
      name: `disc-${seed}.jpg`,
      bytes: await disc(seed),
      type: 'image/jpeg',
      fields: { ref: 'api::product.product', refId: String(product.id), field: 'photo', cutout },
    });
  await add(ready, 1, 'card');
  const original = await add(plain, 2, 'false');
  await idle(app);

  const html = renderToStaticMarkup(await pageOfReadme()());
  const imageOf = (title: string) => html.split('<img').find((tag) => tag.includes(`alt="${title}"`))!;
  const [, src] = /src="([^"]+)"/.exec(imageOf('Ready'))!;
  expect(src).toMatch(/_cutout_card_/);
  const answer = await fetch(src!);
  expect(answer.headers.get('content-type')).toBe('image/webp');
  expect(imageOf('Ready')).toMatch(/srcSet="http[^ ]+ 20w, http[^ ]+ 40w"/i);
  expect(imageOf('Plain')).toContain(`src="${session.url}${original.url}"`);
});
