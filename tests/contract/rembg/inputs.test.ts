import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CutoutError, rembg, RemoteError, type RembgParams } from '../../../server/src/engines/remote/rembg';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { inputs, photo } from './inputs.cjs';

/** What the published client accepts and refuses, `rembg()` accepts and refuses: the client itself is asked. */

type Published = { error: string } | { error?: undefined; file: boolean; picture: string };

/** Keys that no header can carry: the published client sends them as no key at all, an anonymous call. */
const refusedHere = ['apiKey: spaces', 'apiKey: with a letter no header carries'];

let server: RembgServer;
let folder: string;
let theirs: Record<string, Published>;

beforeAll(async () => {
  server = await startRembgServer({ keepAliveMs: 100 });
  folder = mkdtempSync(join(tmpdir(), 'cutout-inputs-'));
  const results = join(folder, 'results.json');
  const env = { PATH: process.env.PATH, TMPDIR: folder, REMBG_API_URL: server.apiUrl, API_KEY: server.keys.premium };
  const args = ['-r', join(__dirname, 'redirect-axios.cjs'), join(__dirname, 'try-published.cjs'), results];
  await promisify(execFile)(process.execPath, args, { env, maxBuffer: 1e8 });
  theirs = JSON.parse(readFileSync(results, 'utf8')) as typeof theirs;
}, 180_000);
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

it.each(inputs)(
  '$name',
  async ({ name, params }) => {
    const published = theirs[name];
    if (!published) throw new Error(`the published client was not asked: ${name}`);
    const call = { apiKey: server.keys.premium, inputImage: photo, apiUrl: server.apiUrl, ...params } as RembgParams;
    const sentBefore = server.calls.length;
    const outcome: unknown = await rembg(call).catch((error: unknown) => error);
    if (published.error !== undefined || refusedHere.includes(name)) {
      expect(outcome).toBeInstanceOf(CutoutError);
      const { code, details = [] } = outcome as CutoutError;
      // The service's own refusal of what was sent is the service's to word; all else names the parameter.
      const ofService = /^❌ (\d+) /.exec(published.error ?? '')?.[1];
      if (outcome instanceof RemoteError && outcome.remoteStatus) expect(ofService).toBe(String(outcome.remoteStatus));
      else expect(server.calls).toHaveLength(sentBefore);
      if (ofService !== '401') expect(details.length).toBeGreaterThan(0);
      expect(code).toMatch(/^(options\.invalid|source\.(missing|unreadable)|remote\.)/);
      return;
    }
    if (outcome instanceof Error) throw outcome;
    const { base64Image, outputImagePath, cleanup } = outcome as Awaited<ReturnType<typeof rembg>>;
    const bytes = base64Image?.replace(/^data:[^,]*,/, '') ?? readFileSync(outputImagePath ?? '', 'base64');
    await cleanup?.();
    expect(outputImagePath !== undefined).toBe(published.file);
    expect(bytes === published.picture).toBe(true);
  },
  20_000,
);

it('names every wrong parameter at once, without the key', async () => {
  const wrong = { apiKey: 'two\nlines', inputImage: 7, options: { w: true, angle: null } } as unknown as RembgParams;
  const error = (await rembg(wrong).catch((reason: unknown) => reason)) as CutoutError;
  expect(error).toMatchObject({ code: 'options.invalid', status: 400 });
  expect(error.details?.map(({ field }) => field)).toEqual(['apiKey', 'inputImage', 'options.w', 'options.angle']);
  expect(error.message).not.toContain('lines');
});
