import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { rembg } from '../../../server/src/engines/remote/rembg';
import { packageRoot } from '../../../server/src/package-root';
import { picture } from './pictures';

/** `npm run rembg-server`, as a demo or another process uses it. */

const root = packageRoot(__dirname);
const entry = join('tests', 'rembg-server', 'main.ts');
let child: ChildProcess;
let access: { apiUrl: string; accountUrl: string; apiKey: string };

beforeAll(async () => {
  const args = [join('scripts', 'run-ts.mjs'), entry, '--luminance', '--json'];
  child = spawn(process.execPath, args, { cwd: root, stdio: ['ignore', 'pipe', 'inherit'] });
  if (!child.stdout) throw new Error('expected a pipe');
  const [line] = (await once(child.stdout, 'data', { signal: AbortSignal.timeout(20_000) })) as [Buffer];
  access = JSON.parse(line.toString()) as typeof access;
}, 30_000);
afterAll(() => child.kill('SIGKILL'));

const control = async (path: string, body?: object) => {
  const init = body ? { method: 'POST', body: JSON.stringify(body) } : {};
  const response = await fetch(`${access.apiUrl}/__control/${path}`, init);
  return (await response.json()) as { charged?: number; key?: string };
};

it('serves with the key it printed, and is broken, mended and asked for its bill over HTTP', async () => {
  const call = {
    apiKey: access.apiKey,
    apiUrl: access.apiUrl,
    inputImage: await picture(),
    options: { returnBase64: true },
  };
  await expect(rembg(call)).resolves.toMatchObject({ base64Image: expect.stringMatching(/^data:image\/webp/) });
  await control('fault', { fault: { kind: 'reset-after-body' }, times: 1 });
  await expect(rembg(call)).rejects.toMatchObject({ code: 'remote.outcome-unknown' });
  const { key = '' } = await control('keys', { plan: { included: 0, prepaid: 0 } });
  await expect(rembg({ ...call, apiKey: key })).rejects.toMatchObject({ code: 'remote.monthly-limit' });
  expect((await control('state')).charged).toBe(2);
});

it('ends on SIGTERM', async () => {
  const ended = once(child, 'exit', { signal: AbortSignal.timeout(5000) });
  child.kill('SIGTERM');
  expect(await ended).toEqual([0, null]);
});
