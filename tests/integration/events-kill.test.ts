import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { upload } from '../support/core';
import { type Nodes, startNodes } from '../support/nodes';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';
import { startReceiver } from '../support/webhooks';

/** Real processes that are killed between a commit and its event's delivery. */

let folder: string;
let nodes: Nodes;
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-events-kill-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  const jobs = { pollMs: 200, leaseMs: 3000 };
  nodes = await startNodes({ count: 1, config: { local, jobs, rules: { everything: true } } });
}, 180_000);
afterAll(async () => {
  await nodes?.stop();
  rmSync(folder, { recursive: true, force: true });
});

const events = () => nodes.rows<{ event: string }>('select event from cutout_events');

async function cutOneOut(seed: number): Promise<number> {
  const bytes = await disc(seed);
  return (await upload(nodes.session(0), { name: `disc-${seed}.jpg`, bytes, type: 'image/jpeg' })).id;
}

it('tells of a commit whose process was killed before, and while, it told of it', async () => {
  let kill: (() => void) | null = null;
  const receiver = await startReceiver(() => {
    kill?.();
    return kill ? 'never' : 200;
  });
  try {
    await receiver.register(nodes, ['cutout.ready']);

    // Killed while the webhook is on its way.
    kill = () => process.kill(nodes.apps[0]!.pid, 'SIGKILL');
    const first = await cutOneOut(1);
    await until('its event was sent, which killed the process', () => receiver.of(first).length > 0);
    await nodes.kill(0);
    kill = null;
    await nodes.start(0);
    await until('the event is sent again', () => receiver.of(first).length > 1, 60_000);
    expect(new Set(receiver.of(first).map(({ id }) => id)).size).toBe(1);
    await until('it is not kept', async () => (await events()).length === 0);

    // Killed before anybody could deliver it: another holds the lease, and is gone.
    const held = nodes.databaseFile ? String(Date.now() + 15_000) : inFifteenSeconds(nodes.databaseUrl);
    await nodes.write(`update cutout_locks set holder = 'gone', until = ${held} where name = 'events'`);
    const second = await cutOneOut(2);
    await until('it is committed', async () => (await events()).length > 0);
    await nodes.kill(0);
    expect(receiver.of(second)).toEqual([]);
    await nodes.start(0);
    await until('its event is sent', () => receiver.of(second).length > 0, 60_000);
    expect(receiver.of(second)).toHaveLength(1);
    await until('nothing is left to be told', async () => (await events()).length === 0);
  } finally {
    await receiver.stop();
  }
}, 240_000);

const inFifteenSeconds = (url: string): string =>
  url.startsWith('postgres') ? "now() + interval '15 seconds'" : 'date_add(now(6), interval 15 second)';
