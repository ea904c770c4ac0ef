import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import { request } from '../support/app';
import { compareAlpha } from '../support/compare-alpha';
import { describeIf } from '../support/needs';

const root = path.resolve(__dirname, '../..');
const photos = path.resolve(root, '../shared/photos');
const minutes = 60_000;
let folder: string;

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-demo-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Result {
  input: string;
  output: string | null;
  url: string | null;
  ms: number | null;
  engine: string | null;
  model: string | null;
  status: string;
  reason: string | null;
}
interface Summary {
  url: string;
  admin: { email: string; password: string };
  token: string;
  results: Result[];
}

/** Runs the demo to its end. */
function demo(...args: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      ['scripts/demo.mjs', ...args],
      { cwd: root, timeout: 10 * minutes },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
  });
}

const summaryOf = (stdout: string) => JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Summary;

describeIf(existsSync(photos), 'real photos: put photos and reference mattes into ../shared/photos')(
  'demo --once with real photos',
  () => {
    it(
      'writes cutouts of the photo’s size whose alpha is that of the reference model',
      async () => {
        const inputs = ['car-1.jpg', 'anime-girl-1.jpg'].map((name) => path.join(photos, name));
        const { code, stdout, stderr } = await demo('--once', ...inputs, '--out', folder, '--port', '0', '--json');
        expect({ code, stderr }).toMatchObject({ code: 0 });

        const { results } = summaryOf(stdout);
        expect(results.map(({ input, status, engine, model }) => ({ input, status, engine, model }))).toEqual(
          inputs.map((input) => ({ input, status: 'ready', engine: 'local', model: 'isnet-int8' })),
        );
        const [car, girl] = await Promise.all(
          results.map(({ output }, index) =>
            compareAlpha(output ?? '', inputs[index]!.replace('.jpg', '.isnet.png'), inputs[index]!),
          ),
        );
        expect(car).toMatchObject({ sameSizeAsPhoto: true });
        expect(car!.meanError).toBeLessThanOrEqual(0.005);
        expect(car!.overlap).toBeGreaterThanOrEqual(0.98);
        expect(girl).toMatchObject({ sameSizeAsPhoto: true });
        expect(girl!.meanError).toBeLessThanOrEqual(0.005);
        expect(girl!.overlap).toBeGreaterThanOrEqual(0.96);
      },
      10 * minutes,
    );
  },
);

describe('demo --once', () => {
  it(
    'says in one sentence what is wrong with a file, still does the others, and exits 1',
    async () => {
      const { photo } = await writeScene({ kind: 'mug', seed: 2, width: 800, height: 600 }, folder, 'mug');
      const notes = path.join(folder, 'notes.jpg');
      writeFileSync(notes, 'These are words, not a picture.');
      const truncated = path.join(folder, 'truncated.jpg');
      writeFileSync(truncated, readFileSync(photo).subarray(0, 3000));
      const empty = path.join(folder, 'empty.jpg');
      writeFileSync(empty, '');
      const missing = path.join(folder, 'missing.jpg');

      const inputs = [missing, notes, truncated, empty, folder, photo];
      const { code, stdout, stderr } = await demo('--once', ...inputs, '--out', folder, '--port', '0', '--json');

      expect(code).toBe(1);
      const { results, ...access } = summaryOf(stdout);
      expect(access).toEqual({
        url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+$/),
        admin: { email: expect.any(String), password: expect.any(String) },
        token: expect.any(String),
      });
      expect(results.map(({ input }) => input)).toEqual(inputs);
      for (const { input, output, status, reason } of results.slice(0, 5)) {
        expect({ input, output, status }).toEqual({
          input,
          output: null,
          status: expect.stringMatching(/failed|skipped/),
        });
        expect(reason).toMatch(/^[^\n]{10,}\.$/);
        expect(stderr).toContain(`${input}: ${reason}\n`);
      }
      expect(results.at(-1)).toEqual({
        input: photo,
        output: path.join(folder, 'mug.cutout.webp'),
        url: expect.stringMatching(/^http.*\.webp$/),
        ms: expect.any(Number),
        engine: 'local',
        model: 'isnet-int8',
        status: 'ready',
        reason: null,
      });
      expect(existsSync(path.join(folder, 'mug.cutout.webp'))).toBe(true);
    },
    10 * minutes,
  );

  it(
    'has the emulated Rembg service cut out with --remote',
    async () => {
      const { photo } = await writeScene({ kind: 'mug', seed: 3, width: 640, height: 480 }, folder, 'remote');
      const { code, stdout } = await demo('--once', photo, '--remote', '--out', folder, '--port', '0', '--json');
      expect(code).toBe(0);
      expect(summaryOf(stdout).results).toMatchObject([{ status: 'ready', engine: 'remote', reason: null }]);
    },
    10 * minutes,
  );

  it('starts nothing when no file can be a photo', async () => {
    const { code, stdout, stderr } = await demo('--once', 'nowhere.jpg', '--json');
    expect(code).toBe(1);
    expect(stderr).toBe('nowhere.jpg: does not exist.\n');
    expect(summaryOf(stdout)).toMatchObject({ url: null, results: [{ status: 'failed', reason: 'does not exist.' }] });
  });
});

describe('demo', () => {
  it('names a busy port and the option to choose another', async () => {
    const server = createServer();
    const port = await new Promise<number>((resolve) => {
      server.listen(0, () => resolve((server.address() as { port: number }).port));
    });
    const { code, stderr } = await demo('--port', String(port));
    server.close();
    expect(code).toBe(1);
    expect(stderr).toBe(
      `Port ${port} is in use: end the program that listens there, or choose another with --port N.\n`,
    );
  });

  it.each([
    [['--port', 'x'], "--port: expected a number from 0 to 65535, received 'x'."],
    [['--once'], '--once: expected at least one photo, received none.'],
    [['a.jpg'], "Expected --once before photos, received 'a.jpg' without it."],
    [['--out', 'x'], '--out: expected only together with --once.'],
  ])('refuses %j with one sentence', async (args, sentence) => {
    const { code, stderr } = await demo(...args);
    expect(code).toBe(1);
    expect(stderr.split('\n')[0]).toBe(sentence);
  });

  it(
    'serves sample products with their cutouts until Ctrl-C, then leaves nothing running',
    async () => {
      const child = spawn(process.execPath, ['scripts/demo.mjs', '--port', '0', '--json'], { cwd: root });
      const exited = new Promise<number | null>((resolve) => child.once('close', resolve));
      const { url, admin, token, results } = await new Promise<Summary>((resolve, reject) => {
        let stdout = '';
        let stderr = '';
        child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
        child.stdout.on('data', (chunk: Buffer) => {
          stdout += chunk.toString();
          if (stdout.endsWith('}\n')) resolve(summaryOf(stdout));
        });
        void exited.then((code) => reject(new Error(`The demo ended with code ${code}: ${stderr}`)));
      });

      expect(results.length).toBeGreaterThanOrEqual(4);
      for (const result of results) expect(result).toMatchObject({ status: 'ready', engine: 'local' });
      for (const result of results) expect((await fetch(result.url ?? '')).status).toBe(200);
      expect(await request(url, 'POST', '/admin/login', { json: admin })).toMatchObject({ data: expect.anything() });
      const { data } = await request(url, 'GET', '/api/products?populate=photo&sort=id', { bearer: token });
      expect(data[0].photo.formats.cutout.mime).toBe('image/webp');
      expect((await fetch(`${url}/admin`)).status).toBe(200);

      child.kill('SIGINT');
      expect(await exited).toBe(0);
      await expect(fetch(`${url}/_health`)).rejects.toThrow();
    },
    10 * minutes,
  );
});
