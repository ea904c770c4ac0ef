import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request } from '../../scripts/lib/client';
import { upload } from '../support/core';
import { type Nodes, startNodes } from '../support/nodes';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';

/** A provider that signs its addresses: every answer has signed ones, and none is ever written down. */

let folder: string;
let nodes: Nodes;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-private-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  const env = { CUTOUT_TEST_STORAGE_PRIVATE: 'true' };
  nodes = await startNodes({
    count: 1,
    config: {
      local,
      presets: { card: { sizes: [20] } },
      render: { mode: 'options', cacheDir: path.join(folder, 'renders') },
    },
    env,
  });
}, 180_000);
afterAll(async () => {
  await nodes?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** All values of keys named `url`, however deep. */
const urlsIn = (value: unknown): string[] => {
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, one]) =>
    key === 'url' && typeof one === 'string' ? [one] : urlsIn(one),
  );
};

it('REST, GraphQL and the panel answer with signed addresses, and store none', async () => {
  const session = nodes.session(0);
  const { url, token, jwt } = session;
  const { id } = await upload(session, { name: 'a.jpg', bytes: await disc(1), type: 'image/jpeg' });
  const json = { presets: ['default', 'card'], wait: 30 };
  const fields = 'url cutout { matte { url } variants { url } variant(preset: "card") { url } }';
  const answers = [
    await request(url, 'POST', `/api/cutout/files/${id}/process`, { bearer: token, json }),
    await request(url, 'GET', `/api/cutout/files/${id}`, { bearer: token }),
    await request(url, 'GET', '/api/cutout/files', { bearer: token }),
    await request(url, 'POST', '/graphql', {
      bearer: token,
      json: { query: `{ cutoutFiles { nodes { ${fields} } } }` },
    }),
    await request(url, 'GET', `/cutout/assets/${id}`, { bearer: jwt }),
  ];
  for (const answer of answers) {
    const urls = urlsIn(answer);
    expect(urls.length).toBeGreaterThanOrEqual(3);
    expect(urls.filter((one) => !one.endsWith('?signed'))).toEqual([]);
    const found = await Promise.all(urls.map(async (one) => (await fetch(one)).status));
    expect(new Set(found)).toEqual(new Set([200]));
  }
  const headers = { authorization: `Bearer ${token}` };
  const led = await fetch(`${url}/api/cutout/files/${id}/variants/card`, { headers, redirect: 'manual' });
  expect(led.headers.get('location')).toMatch(/\?signed$/);
  expect(led.headers.get('cache-control')).toBe('private, no-store');
  const rendered = await fetch(`${url}/api/cutout/files/${id}/render?preset=card&w=30`, { headers });
  expect([rendered.status, rendered.headers.get('content-type')]).toEqual([200, 'image/webp']);
  expect(rendered.headers.get('cache-control')).toBe('private, max-age=60');
  expect((await rendered.arrayBuffer()).byteLength).toBeGreaterThan(0);
  for (const table of ['files', 'cutout_files', 'cutout_mattes', 'cutout_jobs']) {
    expect(JSON.stringify(await nodes.rows(`select * from ${table}`))).not.toContain('?signed');
  }
}, 120_000);
