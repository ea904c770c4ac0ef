import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { findCard } from '../../server/src/engines/local/cards';
import { runCutout, type RunSettings } from '../support/cutout-command';
import { type FileServer, startFileServer } from '../support/file-server';
import { sha256 } from '../support/weights';
import { tinyModel } from '../support/tiny-models';

jest.setTimeout(120_000);

describe('cutout models', () => {
  let folder: string;
  let server: FileServer;
  const at = (...parts: string[]): string => path.join(folder, ...parts);
  const weights = tinyModel(findCard('u2netp'));

  beforeEach(async () => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-cli-models-'));
    server = await startFileServer(new Map([['/tiny.onnx', { bytes: weights }]]));
    mkdirSync(at('models'));
    const source = { kind: 'url', url: 'https://weights.invalid/releases/tiny.onnx' };
    const own = { file: 'tiny.onnx', bytes: weights.length, sha256: sha256(weights), sources: [source] };
    writeFileSync(at('models', 'tiny.json'), JSON.stringify({ ...findCard('u2netp'), id: 'tiny', weights: own }));
  });
  afterEach(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (args: string[], settings: Partial<RunSettings> = {}) =>
    runCutout(['models', ...args], {
      cwd: folder,
      ...settings,
      env: { CUTOUT_MODELS_DIR: 'models', CUTOUT_CACHE: 'cache', CUTOUT_MIRROR: server.url, ...settings.env },
    });

  test('list names every model with its size, licence and whether its weights are here', async () => {
    const { code, stdout } = await run(['list']);
    expect(code).toBe(0);
    expect(stdout.toString()).toMatch(/^isnet-int8 \(default\) +88\.2 MB +1024×1024 +Apache-2\.0 +\w+ +ISNet/m);
    expect(stdout.toString()).toMatch(/^tiny +\S+ MB +320×320 +Apache-2\.0 +missing/m);
    await run(['pull', 'tiny']);
    const rows = JSON.parse((await run(['list', '--json'])).stdout.toString());
    expect(rows).toContainEqual(
      expect.objectContaining({ id: 'tiny', state: 'cached', path: at('cache', 'tiny.onnx'), default: false }),
    );
  });

  test('pull fetches from the mirror once and prints where the weights are', async () => {
    const first = await run(['pull', 'tiny']);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout.toString()).toBe(`${at('cache', 'tiny.onnx')}\n`);
    expect(readFileSync(at('cache', 'tiny.onnx')).equals(weights)).toBe(true);
    await run(['pull', 'tiny']);
    expect(server.requests).toHaveLength(1);
  });

  test('processes that start together download once, and all get the whole file', async () => {
    server.failNext((_, response) => {
      response.writeHead(200, { 'content-length': weights.length });
      setTimeout(() => response.end(weights), 1500);
    });
    const ran = await Promise.all([run(['pull', 'tiny']), run(['pull', 'tiny']), run(['pull', 'tiny'])]);
    expect(ran.map(({ code }) => code)).toEqual([0, 0, 0]);
    expect(server.requests).toHaveLength(1);
    expect(readFileSync(at('cache', 'tiny.onnx')).equals(weights)).toBe(true);
  });

  test('a process killed in the middle of a download leaves the next one free to go on where it stopped', async () => {
    server.failNext((_, response) => {
      response.writeHead(200, { etag: '"v1"', 'content-length': weights.length });
      response.write(weights.subarray(0, 100));
    });
    const killed = await run(['pull', 'tiny'], {
      started: (child) => setTimeout(() => child.kill('SIGKILL'), 2500),
    });
    expect(killed.code).toBeNull();
    const next = await run(['pull', 'tiny']);
    expect(next).toMatchObject({ code: 0, stderr: '' });
    expect(server.requests.at(-1)?.range).toBe('bytes=100-');
  });

  test('verify finds a changed byte, and pull replaces the file', async () => {
    await run(['pull', 'tiny']);
    expect((await run(['verify'])).stdout.toString()).toBe(`${at('cache', 'tiny.onnx')}: whole\n`);
    const changed = Buffer.from(weights);
    changed[changed.length >> 1]! ^= 1;
    writeFileSync(at('cache', 'tiny.onnx'), changed);
    const verified = await run(['verify']);
    expect(verified.code).toBe(1);
    expect(verified.stderr).toContain(`expected SHA-256 ${sha256(weights)} but found ${sha256(changed)}`);
    expect((await run(['pull', 'tiny'])).code).toBe(0);
    expect((await run(['verify', 'tiny'])).code).toBe(0);
  });

  test('verify without any weights says so and fails', async () => {
    const { code, stdout, stderr } = await run(['verify']);
    expect([code, stdout.length]).toEqual([1, 0]);
    expect(stderr).toMatch(/^cutout: No weights are here to verify: run "cutout models pull" first\.\n$/);
    const json = await run(['verify', '--json']);
    expect([json.code, json.stdout.toString()]).toEqual([1, '[]\n']);
  });

  test('a models folder that is a file is one sentence with its flag', async () => {
    writeFileSync(at('file'), '');
    const { code, stderr } = await run(['list', '--models-dir', 'file']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/^cutout: The models folder .* is no folder\. Let --models-dir name a folder that can\.\n$/);
  });

  test('path prints where the weights are, or would be with exit code 1', async () => {
    const before = await run(['path', 'tiny']);
    expect([before.code, before.stdout.toString()]).toEqual([1, `${at('cache', 'tiny.onnx')}\n`]);
    expect(before.stderr).toContain('cutout models pull tiny');
    await run(['pull', 'tiny']);
    expect((await run(['path', 'tiny'])).code).toBe(0);
  });

  test('one model that fails does not keep the others from coming', async () => {
    const { code, stdout, stderr } = await run(['pull', 'u2net', 'tiny', '--json']);
    expect([code, stderr]).toEqual([1, '']);
    expect(JSON.parse(stdout.toString())).toEqual([
      { id: 'u2net', error: { code: 'model.download-failed', message: expect.stringContaining('404') } },
      expect.objectContaining({ id: 'tiny', path: at('cache', 'tiny.onnx') }),
    ]);
  });

  test('inside a Strapi app the cache is the one the plugin uses, elsewhere the user’s', async () => {
    mkdirSync(at('app', 'src'), { recursive: true });
    writeFileSync(at('app', 'package.json'), JSON.stringify({ dependencies: { '@strapi/strapi': '5.54.0' } }));
    const env = { CUTOUT_CACHE: '', CUTOUT_MODELS_DIR: at('models'), XDG_CACHE_HOME: at('user') };
    const inApp = await run(['path', 'tiny'], { cwd: at('app', 'src'), env });
    expect(inApp.stdout.toString()).toBe(`${at('app', '.cutout', 'models', 'tiny.onnx')}\n`);
    const elsewhere = await run(['path', 'tiny'], { env });
    expect(elsewhere.stdout.toString()).toBe(`${at('user', 'cutout', 'models', 'tiny.onnx')}\n`);
  });

  test('an unknown model is refused with the ones there are', async () => {
    const { code, stderr } = await run(['pull', 'nope']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/Expected one of .*isnet-fp16.* but received "nope"/);
  });
});
