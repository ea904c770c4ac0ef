import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { testClient } from '../../scripts/lib/database';
import { picture } from '../contract/rembg/pictures';
import { describeIf } from '../support/needs';
import { type Nodes, startNodes } from '../support/nodes';
import { type OwnRedis, hasOwnRedis, ownRedis } from '../support/own-redis';
import { QUICK, writeQuickModel } from '../support/quick-model';
import { describeWithRedis, newPrefix, redisUrl, removeKeys } from '../support/redis';
import { until } from '../support/until';

const PER_MINUTE = 6;
let folder: string;
let png: Buffer;
const prefix = newPrefix();

beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-rembg-nodes-'));
  png = await picture();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const configOf = (redis: string) => ({
  local: {
    model: QUICK,
    modelsDir: writeQuickModel(path.join(folder, 'models')).modelsDir,
    cacheDir: path.join(folder, 'cache'),
  },
  queue: { redis, prefix },
  rembgApi: { enabled: true, perMinute: PER_MINUTE },
});

async function post(nodes: Nodes, node: number): Promise<Response> {
  const form = new FormData();
  form.set('image', new Blob([new Uint8Array(png)]), 'a.png');
  const { url, token } = nodes.session(node);
  const headers = { 'x-api-key': token };
  return fetch(`${url}/api/cutout/rmbg`, { method: 'POST', headers, body: form });
}
async function apiUsage(nodes: Nodes, node: number): Promise<number> {
  const { url, token } = nodes.session(node);
  const response = await fetch(`${url}/api/cutout/membership-usage`, { headers: { 'x-api-key': token } });
  return ((await response.json()) as { api_usage: number }).api_usage;
}

describeWithRedis('two nodes with a Redis', () => {
  describeIf(testClient() !== 'sqlite', 'Several nodes need a database server.')('and a database', () => {
    let nodes: Nodes;
    beforeAll(async () => {
      nodes = await startNodes({ config: configOf(redisUrl) });
    }, 240_000);
    afterAll(async () => {
      await nodes.stop();
      await removeKeys(prefix);
    });

    it('share a token’s rate, and count what it used in one place', async () => {
      const answers: Response[] = [];
      for (let call = 0; call < PER_MINUTE + 4; call += 1) answers.push(await post(nodes, call % 2));
      const statuses = answers.map(({ status }) => status);
      expect(statuses).toEqual([...Array<number>(PER_MINUTE).fill(200), 429, 429, 429, 429]);
      expect(Number(answers.at(-1)!.headers.get('retry-after'))).toBeGreaterThan(0);
      await Promise.all(answers.map((answer) => answer.arrayBuffer()));
      expect(await apiUsage(nodes, 0)).toBe(PER_MINUTE);
      expect(await apiUsage(nodes, 1)).toBe(PER_MINUTE);
    }, 120_000);
  });
});

describeIf(hasOwnRedis, 'redis-server is not installed.')('a node whose Redis goes away', () => {
  let nodes: Nodes;
  let redis: OwnRedis;
  beforeAll(async () => {
    redis = await ownRedis();
    await redis.start();
    nodes = await startNodes({ count: 1, config: configOf(`redis://127.0.0.1:${redis.port}`) });
  }, 240_000);
  afterAll(async () => {
    await nodes.stop();
    await redis.stop();
  });

  it('counts by itself until it is back, and answers at once', async () => {
    expect((await post(nodes, 0)).status).toBe(200);
    await redis.kill();
    const statuses: number[] = [];
    for (let call = 0; call < PER_MINUTE + 1; call += 1) statuses.push((await post(nodes, 0)).status);
    expect(statuses).toEqual([...Array<number>(PER_MINUTE).fill(200), 429]);
    await redis.start();
    await until('Redis counts again', async () => (await post(nodes, 0)).status === 200, 20_000);
  }, 120_000);
});
