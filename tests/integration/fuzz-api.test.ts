import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ownerMark } from '../../server/src/owner-mark';
import { fuzzApi } from '../fuzz/api/fuzz';
import { fuzzConfig, readDocument, setScene } from '../fuzz/api/scene';
import { bootCore, type CoreApp, listen, removeData } from '../support/core';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

/** A short run of `npm run fuzz:api`, with the same requests every time. */

let folder: string;
let app: CoreApp;

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-fuzz-api-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  app = await bootCore({
    config: { ...fuzzConfig, local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') } },
  });
}, 180_000);
afterAll(async () => {
  await app.stop();
  removeData(app);
  rmSync(folder, { recursive: true, force: true });
});

it('answers every request as the OpenAPI document says, and leaves nothing in the temporary folder', async () => {
  const session = await listen(app);
  const [document, known] = [await readDocument(session), await setScene(session)];
  const { findings, routes } = await fuzzApi({ url: session.url, document, known, seed: 1, requests: 200 });
  expect(findings.map(({ number, what }) => `${number}: ${what}`)).toEqual([]);
  expect(routes.size).toBe(Object.values(document.paths).flatMap(Object.keys).length);
  const left = () => readdirSync(tmpdir()).filter((name) => name.startsWith(`cutout-${ownerMark()}-`));
  await until('all folders are gone', () => left().length === 0 && (true as const), 15_000);
}, 180_000);
