import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../../../scripts/lib/paths';
import { fuzzApi, type ApiFuzzResult } from '../../fuzz/api/fuzz';
import { fuzzConfig, readDocument, setScene } from '../../fuzz/api/scene';
import { type App, cutoutConfig, startWithSession } from '../../support/app';
import type { Client } from '../../support/nodes';
import { QUICK, writeQuickModel } from '../../support/quick-model';
import { until } from '../../support/until';
import { atMost, type Count, exactly, told } from '../report';

/** So many MB more after a second half like the first are noise of the heap and the process. */
const HEAP_RISE = 6;
const RSS_RISE = 40;
const PARTS = 4;

export interface FuzzApiOptions {
  client: Client;
  requests: number;
  seed: number;
  only?: number | undefined;
}

interface Memory {
  heap: number;
  rss: number;
}

/** A running Strapi in production mode, asked by requests that are made from its own document. */
export async function fuzzApiProof({ client, requests, seed, only }: FuzzApiOptions): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-fuzz-api-'));
  const temporary = path.join(folder, 'tmp');
  mkdirSync(temporary);
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const local = { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') };
  process.env.CUTOUT_TEST_DB = client;
  const { app, session } = await startWithSession({
    env: { ...cutoutConfig({ ...fuzzConfig, local }), TMPDIR: temporary },
    require: [path.join(root, 'tests/support/memory-probe.js')],
  });
  try {
    const [document, known] = [await readDocument(session), await setScene(session)];
    const memory: Memory[] = [];
    const afterPart = async () => void memory.push(await memoryOf(app));
    const result = await fuzzApi({ url: app.url, document, known, seed, requests, only, parts: PARTS, afterPart });
    for (const { number, what } of result.findings) console.error(`--seed ${seed} --only ${number}: ${what}`);
    const left = () => readdirSync(temporary);
    await until('the temporary folder is empty', () => left().length === 0, 20_000).catch(() => undefined);
    if (left().length > 0) console.error(left().join('\n'));
    return [
      ...countsOf(result, seed),
      exactly('files and folders left in the temporary folder', left().length, 0),
    ].concat(only === undefined ? memoryCounts(memory) : []);
  } finally {
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

function countsOf({ findings, statuses, routes }: ApiFuzzResult, seed: number): Count[] {
  const answers = [...statuses].sort(([one], [other]) => one - other);
  const faults = answers.filter(([status]) => status >= 500).reduce((sum, [, count]) => sum + count, 0);
  return [
    told('seed', seed),
    told('routes', routes.size),
    ...answers.map(([status, count]) => told(`answers with ${status}`, count)),
    exactly('answers with a 5xx', faults, 0),
    exactly('answers other than documented, or none', findings.length, 0),
  ];
}

function memoryCounts(memory: readonly Memory[]): Count[] {
  const [half, whole] = [memory[PARTS / 2 - 1]!, memory.at(-1)!];
  return [
    ...memory.map(({ heap, rss }, index) =>
      told(`MB of heap, and in all, after ${index + 1}/${PARTS}`, `${heap.toFixed(1)}, ${rss.toFixed(0)}`),
    ),
    atMost('MB of heap more in the second half', Math.round((whole.heap - half.heap) * 10) / 10, HEAP_RISE),
    atMost('MB in all more in the second half', Math.round(whole.rss - half.rss), RSS_RISE),
  ];
}

async function memoryOf({ process: child }: App): Promise<Memory> {
  const answered = once(child, 'message', { signal: AbortSignal.timeout(30_000) });
  child.send({ memory: true });
  const [{ memory }] = (await answered) as [{ memory: { rss: number; heapUsed: number; external: number } }];
  const mb = (bytes: number) => bytes / 1024 / 1024;
  return { heap: mb(memory.heapUsed + memory.external), rss: mb(memory.rss) };
}
