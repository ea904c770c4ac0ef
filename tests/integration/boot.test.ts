import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import {
  createProduct,
  cutoutConfig,
  findAsset,
  settled,
  startApp,
  startWithSession,
  uploadPhoto,
} from '../support/app';

const minutes = 60_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-boot-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('a wrong configuration stops the start', () => {
  it.each([
    ['an unknown key', { modle: 'isnet-fp16' }, /plugin::cutout.*\bmodle\b.*expected no such key/],
    ['an unknown nested key', { local: { wokers: 2 } }, /plugin::cutout.*local\.wokers: expected no such key/],
    [
      'a wrong type',
      { local: { workers: 'two' } },
      /plugin::cutout.*local\.workers: expected a number, received "two"/,
    ],
    ['an unknown preset option', { presets: { card: { colour: 'red' } } }, /plugin::cutout.*presets\.card\.colour/],
  ])(
    'with one sentence for %s',
    async (_what, config, sentence) => {
      const refusal = await startApp({ env: cutoutConfig(config) }).then(
        async (app) => {
          await app.stop();
          app.remove();
          return 'it started';
        },
        (error: Error) => error.message,
      );
      expect(refusal).toMatch(/^Strapi ended while it was starting:/);
      const said = refusal.split('\n').filter((line) => sentence.test(line));
      expect(said.length > 0 ? 'said' : refusal).toBe('said');
    },
    2 * minutes,
  );
});

describe('a model that cannot be used', () => {
  it.each([
    [
      'corrupt',
      () => {
        const modelsDir = path.join(folder, 'models');
        mkdirSync(modelsDir, { recursive: true });
        writeFileSync(path.join(modelsDir, 'isnet-fp16.onnx'), 'no weights');
        return { modelsDir };
      },
      /isnet-fp16\.onnx .*expected SHA-256 [0-9a-f]{64} but found [0-9a-f]{64}.* Put the right file there/,
    ],
    ['unknown', () => ({ model: 'no-such-model' }), /no-such-model/],
  ])(
    'never stops Strapi or an upload when it is %s: the job says what to do',
    async (_what, local, sentence) => {
      const { photo } = await writeScene({ kind: 'mug', seed: 1, width: 640, height: 480 }, folder, 'mug');
      const { app, session } = await startWithSession({
        env: cutoutConfig({ local: local(), jobs: { maxAttempts: 1 } }),
      });
      try {
        const product = await createProduct(session, { title: 'Mug' });
        const asset = await uploadPhoto(session, photo, {
          ref: 'api::product.product',
          refId: String(product.id),
          field: 'photo',
        });
        const status = await settled(session, asset.id);
        expect(status.state).toBe('waiting');
        expect(status.reason?.code).toMatch(/^model\./);
        expect(status.reason?.message).toMatch(sentence);
        expect(Object.keys((await findAsset(session, asset.id)).formats ?? {})).not.toContain('cutout');
        expect(app.process.exitCode).toBeNull();
      } finally {
        await app.stop();
        app.remove();
      }
    },
    2 * minutes,
  );
});
