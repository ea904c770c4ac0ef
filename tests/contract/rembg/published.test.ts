import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { rembg, type RembgOptions } from '../../../server/src/engines/remote/rembg';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';

/** The published client @remove-background-ai/rembg.js 1.3.1 against the emulator, and ours beside it. */

const run = promisify(execFile);
const examples = join(dirname(require.resolve('@remove-background-ai/rembg.js')), '..', 'example');
const photo = join(examples, 'input.jpg');
const preload = join(__dirname, 'redirect-axios.cjs');

let server: RembgServer;
let folder: string;

beforeAll(async () => {
  // The package's process lives as long as its idle connections.
  server = await startRembgServer({ keepAliveMs: 100 });
  folder = mkdtempSync(join(tmpdir(), 'cutout-published-'));
});
afterAll(async () => {
  await server.stop();
  rmSync(folder, { recursive: true });
});

/** Without the proxies and loaders of this process; temporary files where they are deleted in the end. */
const environment = () => ({
  PATH: process.env.PATH,
  TMPDIR: folder,
  REMBG_API_URL: server.apiUrl,
  API_KEY: server.keys.premium,
});

describe('the examples that come with the package', () => {
  it.each(readdirSync(examples).filter((name) => name.endsWith('.mjs')))(
    '%s runs as it is',
    async (name) => {
      const before = server.calls.length;
      const options = { cwd: examples, env: environment(), maxBuffer: 1e8, timeout: 20_000 };
      const { stdout } = await run(process.execPath, ['-r', preload, join(examples, name)], options);
      expect(stdout).toMatch(/removed|saved to/);
      expect(stdout).toContain('upload: true');
      expect(stdout).toContain('download: true');
      expect(server.calls.slice(before)).toMatchObject([{ endpoint: 'rmbg', charged: true, rows: [] }]);
    },
    30_000,
  );
});

interface Case {
  name: string;
  input: { path?: string; buffer?: string; base64?: string };
  options?: RembgOptions;
}

const base64 = readFileSync(join(examples, 'inputRawBase64.txt'), 'utf8');
const dataUrl = readFileSync(join(examples, 'inputBase64.txt'), 'utf8');
const path = { path: photo };

/** Every call of the documents, the package's README and its examples. */
const cases: Case[] = [
  { name: 'a path', input: path },
  { name: 'a path as PNG', input: path, options: { format: 'png' } },
  { name: 'a Buffer', input: { buffer: readFileSync(photo, 'base64') } },
  { name: 'base64 with its data: prefix', input: { base64: dataUrl } },
  { name: 'base64 without prefix', input: { base64 } },
  { name: 'a data: URL back', input: path, options: { returnBase64: true } },
  { name: 'a data: URL of PNG back', input: path, options: { returnBase64: true, format: 'png' } },
  { name: 'base64 in and out', input: { base64: dataUrl }, options: { returnBase64: true } },
  { name: 'the mask', input: path, options: { returnMask: true, returnBase64: true } },
  { name: 'a size', input: path, options: { w: 1000, h: 760 } },
  { name: 'an exact size', input: path, options: { w: 200, h: 300, exact_resize: true } },
  { name: 'a width', input: path, options: { w: 120 } },
  {
    name: 'rotated on a colour',
    input: path,
    options: { w: 800, h: 600, format: 'WEBP', angle: 90, expand: true, bg_color: 'blue' },
  },
  {
    name: 'all parameters',
    input: path,
    options: { w: 800, h: 600, exact_resize: false, format: 'PNG', returnMask: false, angle: 90, bg_color: 'blue' },
  },
  {
    name: 'a rotated mask',
    input: path,
    options: { w: 512, h: 512, exact_resize: true, format: 'PNG', returnMask: true, angle: 45, expand: true },
  },
  { name: 'rotated and cropped', input: path, options: { angle: 30, expand: false, bg_color: '#FF5733' } },
];

describe('the published package and this one, given the same', () => {
  let theirs: Record<string, string>;

  beforeAll(async () => {
    const casesFile = join(folder, 'cases.json');
    const resultsFile = join(folder, 'results.json');
    writeFileSync(casesFile, JSON.stringify(cases));
    const script = join(__dirname, 'run-published.cjs');
    await run(process.execPath, ['-r', preload, script, casesFile, resultsFile], {
      env: environment(),
      maxBuffer: 1e8,
    });
    theirs = JSON.parse(readFileSync(resultsFile, 'utf8')) as Record<string, string>;
  }, 60_000);

  it.each(cases)('give the same bytes: $name', async ({ name, input, options }) => {
    const inputImage = input.buffer
      ? Buffer.from(input.buffer, 'base64')
      : (input.path ?? { base64: input.base64 ?? '' });
    const { base64Image, outputImagePath, cleanup } = await rembg({
      apiKey: server.keys.premium,
      inputImage,
      options,
      apiUrl: server.apiUrl,
    });
    const their = theirs[name] ?? '';
    expect(their.startsWith('data:')).toBe(base64Image !== undefined);
    const ours = base64Image ? bytesOf(base64Image) : readFileSync(outputImagePath ?? '');
    expect(ours.length).toBeGreaterThan(1000);
    expect(ours.equals(bytesOf(their))).toBe(true);
    await cleanup?.();
  });
});

const bytesOf = (text: string) => Buffer.from(text.replace(/^data:[^,]*,/, ''), 'base64');

describe('faults of the published package that rembg() does not have', () => {
  const call = (more: object = {}) =>
    rembg({ apiKey: server.keys.premium, inputImage: photo, apiUrl: server.apiUrl, ...more });

  it('prints nothing', async () => {
    const spies = (['log', 'info', 'warn', 'error', 'debug'] as const).map((name) => jest.spyOn(console, name));
    const out = jest.spyOn(process.stdout, 'write');
    const { cleanup } = await call();
    const printed = [...spies, out].map((spy) => spy.mock.calls.length);
    [...spies, out].forEach((spy) => spy.mockRestore());
    expect(printed.every((times) => times === 0)).toBe(true);
    await cleanup?.();
  });

  it.each([
    ['webp', 'image/webp'],
    ['png', 'image/png'],
    ['PNG', 'image/png'],
  ] as const)('labels %s as %s', async (format, mime) => {
    const { base64Image } = await call({ options: { format, returnBase64: true } });
    expect(base64Image?.startsWith(`data:${mime};base64,`)).toBe(true);
  });

  it('ends after its time limit, and when it is aborted', async () => {
    server.setFault({ kind: 'slow-answer', ms: 8000 }, 2);
    const start = performance.now();
    await expect(call({ timeouts: { total: 800 } })).rejects.toMatchObject({ code: 'remote.outcome-unknown' });
    const signal = AbortSignal.timeout(800);
    await expect(call({ signal })).rejects.toMatchObject({ code: 'job.cancelled', cost: 'unknown' });
    expect(performance.now() - start).toBeLessThan(4000);
  });

  it('tells the row of the table, with its field', async () => {
    await expect(call({ options: { w: -5 } })).rejects.toMatchObject({
      code: 'remote.size-too-small',
      message: "'w' must be at least 1, got: -5",
      details: [{ field: 'w' }],
    });
  });

  it('makes a file that only its owner reads, and deletes it more than once without complaint', async () => {
    const { outputImagePath = '', cleanup } = await call({ options: { format: 'png' } });
    expect(outputImagePath).toMatch(/rembg-.*\.png$/);
    expect(statSync(outputImagePath).mode & 0o777).toBe(0o600);
    await cleanup?.();
    await cleanup?.();
    expect(existsSync(outputImagePath)).toBe(false);
  });

  it('reports progress in both directions in the shape of the documents', async () => {
    const events: Record<string, unknown>[] = [];
    const listener = (event: object) => void events.push({ ...event });
    const { cleanup } = await call({ onUploadProgress: listener, onDownloadProgress: listener });
    await cleanup?.();
    for (const direction of ['upload', 'download']) {
      const own = events.filter((event) => event[direction] === true);
      expect(Object.keys(own[0] ?? {})).toEqual([
        'loaded',
        'total',
        'progress',
        'bytes',
        'rate',
        'estimated',
        'lengthComputable',
        direction,
      ]);
      const last = own.at(-1);
      expect(last).toMatchObject({ progress: 1, loaded: last?.total });
      expect(own.reduce((sum, event) => sum + Number(event.bytes), 0)).toBe(last?.total);
    }
  });

  it.each([
    ['no key', { apiKey: '' }, 'API key'],
    ['an input of another type', { inputImage: 7 }, 'inputImage'],
    [
      'a file that is not there',
      { inputImage: '/nowhere/photo.jpg' },
      'The picture to send could not be read: it is not there; check the path.',
    ],
    ['plain HTTP to another machine', { apiUrl: 'http://example.com' }, 'https'],
  ])('refuses %s in one sentence', async (_what, more, words) => {
    await expect(call(more)).rejects.toThrow(words);
  });
});
