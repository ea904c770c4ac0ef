import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assetStatus } from '../../scripts/lib/client';
import { testClient } from '../../scripts/lib/database';
import { overviewResponse, settingsResponse, usageResponse } from '../../server/src/api/contracts';
import { type RembgServer, startRembgServer } from '../rembg-server/server';
import { upload } from '../support/core';
import { describeIf } from '../support/needs';
import { type Nodes, startNodes } from '../support/nodes';
import { disc, QUICK, writeQuickModel } from '../support/quick-model';
import { until } from '../support/until';

describeIf(testClient() !== 'sqlite', 'Several nodes need a database server.')('settings on two nodes', () => {
  let folder: string;
  let nodes: Nodes;
  let server: RembgServer;
  beforeAll(async () => {
    server = await startRembgServer();
    const { apiUrl, accountUrl } = server;
    folder = mkdtempSync(path.join(tmpdir(), 'cutout-settings-nodes-'));
    const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
    const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
    nodes = await startNodes({ config: { local, remote: { apiUrl, accountUrl }, rules: { everything: true } } });
  }, 240_000);
  afterAll(async () => {
    await nodes?.stop();
    await server?.stop();
    rmSync(folder, { recursive: true, force: true });
  }, 60_000);

  const send = async (node: number, method: string, route: string, json?: object): Promise<unknown> => {
    const { url, jwt } = nodes.session(node);
    const answer = await fetch(`${url}/cutout${route}`, {
      method,
      headers: { authorization: `Bearer ${jwt}`, 'content-type': 'application/json' },
      ...(json ? { body: JSON.stringify(json) } : {}),
    });
    expect(answer.ok).toBe(true);
    return answer.json();
  };
  const ask = async (node: number, method = 'GET', route = '', json?: object) =>
    settingsResponse.parse(await send(node, method, `/settings${route}`, json)).data;
  /** What a process goes by; a look at its settings would make it take up what is new. */
  const budgetOf = async (node: number) => usageResponse.parse(await send(node, 'GET', '/usage')).data.budget;
  const hasKey = async (node: number) =>
    overviewResponse.parse(await send(node, 'GET', '/overview')).data.engines.remote.configured;
  const addDisc = async (node: number, seed: number) =>
    (await upload(nodes.session(node), { name: 'disc.jpg', bytes: await disc(seed), type: 'image/jpeg' })).id;
  const isReady = async (id: number) => (await assetStatus(nodes.session(1), id)).state === 'ready';

  it('what is set on one is in force on the other within seconds, and a job under way is done', async () => {
    const before = await ask(0);
    const id = await addDisc(1, 1);
    const values = { 'remote.budget.credits': 7, 'local.reviewBelow': 0.9 };
    await ask(0, 'PUT', '', { version: before.version, values });
    expect((await budgetOf(0)).credits).toBe(7);
    await until('the other node has taken it up', async () => (await budgetOf(1)).credits === 7, 7000);
    await until('the cutout is made', () => isReady(id), 60_000);
  }, 120_000);

  it('so is a key, which each goes by without a restart, until it is forgotten', async () => {
    const { version } = await ask(0);
    const ids = await Promise.all([2, 3, 4, 5, 6].map((seed) => addDisc(seed % 2, seed)));
    for (const id of ids) await send(0, 'POST', `/assets/${id}/run`, { engine: 'remote' });
    expect([await hasKey(0), await hasKey(1)]).toEqual([false, false]);
    const apiKey = server.keys.premium;
    await ask(0, 'PUT', '/api-key', { version, apiKey });
    expect(await hasKey(0)).toBe(true);
    await until('the other node has taken it up', () => hasKey(1), 7000);
    await until('all are paid for', () => server.accounts.find(apiKey)?.charged === ids.length, 30_000);
    await until('and made', async () => (await Promise.all(ids.map(isReady))).every(Boolean), 30_000);
    expect(server.accounts.find(apiKey)?.charged).toBe(ids.length);
    await ask(1, 'DELETE', `/api-key?version=${version + 1}`);
    await until('no node has it', async () => !(await hasKey(0)) && !(await hasKey(1)), 7000);
    expect(nodes.log()).not.toContain(apiKey);
  }, 180_000);

  it('an upload on a node that does not know a changed preset yet ends with the changed one', async () => {
    const { version } = await ask(0);
    const [, ...ids] = await Promise.all([
      ask(0, 'PUT', '/presets/default', { version, options: { format: 'png' } }),
      ...[12, 13, 14, 15].map((seed) => addDisc(seed % 2, seed)),
    ]);
    const typeOf = async (id: number) => {
      const { state, variants } = await assetStatus(nodes.session(1), id);
      return state === 'ready' && variants.find(({ key }) => key === 'cutout')?.mime;
    };
    for (const id of ids) {
      await until('its cutout is a PNG', async () => (await typeOf(id)) === 'image/png', 60_000);
    }
  }, 120_000);
});
