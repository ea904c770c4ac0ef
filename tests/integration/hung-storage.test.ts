import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import {
  type App,
  type Asset,
  assetStatus,
  childrenOf,
  cutoutConfig,
  request,
  type Session,
  startWithSession,
  uploadPhoto,
} from '../support/app';
import { describeIf } from '../support/needs';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

let folder: string;
let app: App;
let session: Session;

const upload = async (seed: number, fields: Record<string, string> = {}): Promise<Asset> => {
  const photo = path.join(folder, `disc-${seed}.jpg`);
  writeFileSync(photo, await disc(seed));
  return uploadPhoto(session, photo, fields);
};

/** In place of an asset's file: a read of it never returns, as from a network mount that died. */
const hang = ({ url }: Asset) => {
  const file = path.join(app.publicDir, url);
  rmSync(file);
  execFileSync('mkfifo', [file]);
};

const run = (id: number) => request(session.url, 'POST', `/cutout/assets/${id}/run`, { bearer: session.jwt, json: {} });
const is = (id: number, state: string, timeoutMs: number) =>
  until(`asset ${id} is ${state}`, async () => (await assetStatus(session, id)).state === state, timeoutMs);

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-hung-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    jobs: { pollMs: 200 },
    rules: { everything: true },
  };
  ({ app, session } = await startWithSession({ env: cutoutConfig(config) }));
}, 120_000);
afterAll(async () => {
  await app.kill();
  app.remove();
  rmSync(folder, { recursive: true, force: true });
});

describeIf(process.platform === 'linux', 'a storage that hangs: needs FIFOs and /proc')('a read that hangs', () => {
  it('waits with a word, and the next asset goes on', async () => {
    const [stuck, next] = [await upload(1, { cutout: 'false' }), await upload(2, { cutout: 'false' })];
    hang(stuck);
    await run(stuck.id);
    await is(stuck.id, 'running', 30_000);
    await run(next.id);
    await is(next.id, 'ready', 90_000);
    const { state, reason } = await assetStatus(session, stuck.id);
    expect({ state, code: reason?.code }).toEqual({ state: 'waiting', code: 'source.unreadable' });
    expect(reason?.message).not.toContain(app.publicDir);
  }, 150_000);

  it('does not keep Strapi from ending in order within 15 s, and leaves no process behind', async () => {
    const many: Asset[] = [];
    for (let seed = 11; seed <= 16; seed += 1) many.push(await upload(seed, { cutout: 'false' }));
    many.forEach(hang);
    for (const { id } of many) await run(id);
    await until('a read hangs', async () => {
      const states = await Promise.all(many.map(({ id }) => assetStatus(session, id)));
      return states.some(({ state }) => state === 'running');
    });
    await until('its reader has started', () => childrenOf(app.pid).length > 0);
    const children = childrenOf(app.pid);
    const asked = Date.now();
    app.process.kill('SIGTERM');
    expect((await app.exited).signal).toBeNull();
    expect(Date.now() - asked).toBeLessThan(15_000);
    await until('the children have ended', () => children.every((pid) => !isRunning(pid)), 5000);
  }, 120_000);
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
