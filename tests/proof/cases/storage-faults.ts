import { setTimeout as sleep } from 'node:timers/promises';
import { assetStatus, request } from '../../../scripts/lib/client';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import type { StorageFault } from '../../support/storage';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { atMost, type Count, exactly, told } from '../report';
import { assetsOf, attempt, hasVariants, jobsIn, reasonsOf, type Refusal } from './parts';

export interface StorageFaultsOptions {
  client: Client;
  fault: StorageFault;
  awayMs: number;
  /** Uploaded at once while the storage is away. */
  uploads: number;
  /** How long the cutouts may take when it is back. */
  resumeMs?: number;
}

/** Assets that had their cutouts before, and are replaced while the storage is away. */
const REPLACED = 4;
/** Only the plugin's own files meet the fault: what Strapi stores for itself must answer as it does without it. */
const OURS = '_cutout|^cutout_';

export async function storageFaults(options: StorageFaultsOptions): Promise<Count[]> {
  const { client, fault, awayMs, uploads, resumeMs = 4 * 60_000 } = options;
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-faults-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const nodes = await startNodes({
    client,
    count: 1,
    config: {
      local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
      rules: { everything: true },
      jobs: { pollMs: 500 },
    },
    env: { CUTOUT_TEST_STORAGE_PRIVATE: 'true' },
  });
  try {
    const before: number[] = [];
    for (let seed = 0; seed < REPLACED; seed += 1) before.push((await upload(nodes, seed)).id);
    await ready(nodes, before, 120_000);

    const signs = fault.methods?.includes('POST') ?? false;
    await nodes.storage.setFault(signs ? fault : { ...fault, names: OURS });
    const refusals: Refusal[] = [];
    const asked = Date.now();
    const uploaded = Array.from({ length: uploads }, (_, at) =>
      attempt(refusals, 'upload', () => upload(nodes, 100 + at)),
    );
    // While nothing can be signed, Strapi itself cannot read an asset to replace it, nor answer an upload that it made.
    const replaced = signs
      ? []
      : before.map((id, at) => attempt(refusals, 'replace', () => upload(nodes, 1000 + at, id)));
    const ids = (await Promise.all([...uploaded, ...replaced])).flatMap((asset) => asset?.id ?? []);
    const answered = Date.now() - asked;
    await sleep(awayMs);
    const waiting = reasonsOf(await jobsIn(nodes));
    const failed = (await jobsIn(nodes)).filter(({ state }) => state === 'failed').length;
    const alive = nodes.apps[0]!.process.exitCode === null;

    await nodes.storage.setFault(null);
    const back = Date.now();
    // What Strapi stored and then could not sign for its answer is an asset all the same.
    const known = signs ? (await assetsOf(nodes)).map(({ id }) => id) : [...before, ...ids];
    await ready(nodes, known, resumeMs);
    for (const { text } of refusals.slice(0, 3)) console.error(text.slice(0, 300));
    if (refusals.length > 0) console.error(errorsIn(nodes.log()).slice(0, 20).join('\n'));
    return [
      signs
        ? told('uploads that Strapi made and could not sign for its answer', refusals.length)
        : exactly('uploads and replaces refused while it was away', refusals.length, 0),
      told('milliseconds until all was answered', answered),
      told('jobs while it was away', waiting),
      exactly('jobs given up', failed, 0),
      exactly('Strapi processes that ended', Number(!alive), 0),
      exactly('unhandled rejections in the log', nodes.log().match(/unhandled/gi)?.length ?? 0, 0),
      exactly(
        'assets without a cutout in the end',
        (await assetsOf(nodes)).filter((asset) => !hasVariants(asset, 'cutout', 'cutout_matte')).length,
        0,
      ),
      exactly('variants without their file', await withoutFile(nodes), 0),
      atMost('seconds until all was made', Math.round((Date.now() - back) / 1000), resumeMs / 1000),
    ];
  } finally {
    await nodes.storage.setFault(null);
    await nodes.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function upload(nodes: Nodes, seed: number, replace?: number): Promise<{ id: number }> {
  const { url, token } = nodes.session(0);
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(await disc(seed))], { type: 'image/jpeg' }), `disc-${seed}.jpg`);
  const route = replace === undefined ? '/api/upload' : `/api/upload?id=${replace}`;
  const answer = (await request(url, 'POST', route, { bearer: token, form, timeoutMs: 5 * 60_000 })) as
    { id: number } | { id: number }[];
  return Array.isArray(answer) ? answer[0]! : answer;
}

async function ready(nodes: Nodes, ids: number[], timeoutMs: number): Promise<void> {
  const until = Date.now() + timeoutMs;
  const isReady = async (id: number) => (await assetStatus(nodes.session(0), id)).state === 'ready';
  for (const id of ids) while (!(await isReady(id)) && Date.now() < until) await sleep(500);
}

/** What Strapi said of the answers that it could not give: each distinct line once. */
const errorsIn = (log: string): string[] => [
  ...new Set(
    log.split('\n').filter((line) => /error|ERR_|timeout|at .*\.js:/i.test(line) && !/\bhttp: (?:GET|POST)/.test(line)),
  ),
];

async function withoutFile(nodes: Nodes): Promise<number> {
  const stored = new Set((await nodes.storage.state()).files);
  return (await assetsOf(nodes))
    .flatMap(({ formats }) => Object.values(formats ?? {}))
    .filter(({ hash, ext }) => !stored.has(`${hash}${ext}`)).length;
}
