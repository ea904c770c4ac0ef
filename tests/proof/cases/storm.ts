import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { request, type Session, uploadPhoto } from '../../../scripts/lib/client';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { type Count, exactly, told } from '../report';
import { assetsOf, attempt, hasVariants, jobsIn, reasonsOf, type Refusal, settledOrStuck } from './parts';

/** Which rule wants the cutouts: the product's fields, or the whole media library. `none`: Strapi without the plugin. */
export type StormRule = 'fields' | 'everything' | 'none';

export interface StormOptions {
  client: Client;
  assets: number;
  rule: StormRule;
}

/** Assets that the same entries share. */
const GROUP = 4;
const PATIENCE_MS = 90_000;
const NODES = 2;

/**
 * Uploads through two nodes at once; as soon as four of them are there, four entries that share them are created and
 * published at the same moment, two by the content API and two by the Content Manager.
 */
export async function storm({ client, assets, rule }: StormOptions): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-storm-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const nodes = await startNodes({
    client,
    count: NODES,
    config: {
      local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
      rules: { everything: rule === 'everything' },
      jobs: { pollMs: 500 },
    },
    env: { CUTOUT_ENABLED: String(rule !== 'none') },
  });
  try {
    const photos = await writePhotos(folder, assets + 1);
    // Strapi makes the folder of API uploads with the first one; parallel first ones would race for it.
    await uploadPhoto(nodes.session(0), photos.pop()!);
    const refusals: Refusal[] = [];
    const start = Date.now();
    const ids = (
      await Promise.all(groups(photos).map((group, index) => oneGroup(nodes, group, index, refusals)))
    ).flat();
    const answered = Date.now() - start;
    if (rule === 'none') return [told('answers with a 5xx', failures(refusals))];
    const wanted = rule === 'fields' ? ['cutout', 'cutout_card'] : ['cutout'];
    const complete = async () =>
      (await assetsOf(nodes)).filter(
        (asset) => ids.includes(asset.id) && hasVariants(asset, ...wanted, 'cutout_matte'),
      );
    const noneOpen = async () => !(await jobsIn(nodes)).some(({ state }) => state === 'queued' || state === 'running');
    await settledOrStuck(
      nodes,
      async () => (await complete()).length === ids.length && (await noneOpen()),
      PATIENCE_MS,
    );
    return [
      ...requestCounts(refusals, ids.length, assets),
      exactly(`assets with ${wanted.join(', ')} and a matte`, (await complete()).length, assets),
      ...(await jobCounts(nodes, ids)),
      ...(await fileCounts(nodes)),
      told('deadlocks in the log, retried or not', nodes.log().match(/deadlock/gi)?.length ?? 0),
      told('milliseconds until all was answered', answered),
      told('milliseconds until all was made', Date.now() - start),
    ];
  } finally {
    await nodes.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function writePhotos(folder: string, count: number): Promise<string[]> {
  const files: string[] = [];
  for (let seed = 0; seed < count; seed += 1) {
    const file = path.join(folder, `disc-${seed}.jpg`);
    writeFileSync(file, await disc(seed));
    files.push(file);
  }
  return files;
}

const groups = (photos: string[]): string[][] =>
  Array.from({ length: Math.ceil(photos.length / GROUP) }, (_, index) =>
    photos.slice(index * GROUP, (index + 1) * GROUP),
  );

async function oneGroup(nodes: Nodes, photos: string[], index: number, refusals: Refusal[]): Promise<number[]> {
  const uploads = photos.map((photo, at) => {
    const session = nodes.session((index + at) % NODES);
    return attempt(refusals, 'upload', () => uploadPhoto(session, photo));
  });
  const ids = (await Promise.all(uploads)).flatMap((asset) => asset?.id ?? []);
  await Promise.all(
    [0, 1, 2, 3].map((at) => {
      const data = { title: `Product ${index}.${at}`, photo: ids[at % ids.length], gallery: ids };
      const save = at < 2 ? createProduct : publishProduct;
      return attempt(refusals, 'save', () => save(nodes.session(at % NODES), data));
    }),
  );
  return ids;
}

/** Hundreds of requests wait for each other on a small machine. */
const ANSWER_MS = 5 * 60_000;

const createProduct = (session: Session, data: Record<string, unknown>): Promise<unknown> =>
  request(session.url, 'POST', '/api/products', { bearer: session.token, json: { data }, timeoutMs: ANSWER_MS });

/** Creates and publishes in one step, as the button of the Content Manager does. */
const publishProduct = (session: Session, data: Record<string, unknown>): Promise<unknown> =>
  request(session.url, 'POST', '/content-manager/collection-types/api::product.product/actions/publish', {
    bearer: session.jwt,
    json: data,
    timeoutMs: ANSWER_MS,
  });

const failures = (refusals: Refusal[]) => refusals.filter(({ status }) => status === 0 || status >= 500).length;

function requestCounts(refusals: Refusal[], uploaded: number, assets: number): Count[] {
  for (const { what, text } of refusals.slice(0, 3)) console.error(`${what}: ${text.slice(0, 300)}`);
  return [
    exactly('uploads that gave an asset', uploaded, assets),
    exactly('answers with a 5xx, or none at all', failures(refusals), 0),
    exactly('answers with another error', refusals.filter(({ status }) => status > 0 && status < 500).length, 0),
    exactly('answers that speak of a deadlock', refusals.filter(({ text }) => /deadlock/i.test(text)).length, 0),
  ];
}

async function jobCounts(nodes: Nodes, ids: number[]): Promise<Count[]> {
  const jobs = await jobsIn(nodes);
  const planned = new Set(jobs.map((job) => job.file_id));
  const asks = jobs.filter(({ state }) => state === 'done').map((job) => `${job.file_id} ${job.ask}`);
  const runs = await nodes.rows<{ file_id: number }>(
    "select file_id from cutout_ledger where engine = 'local' and reason = 'local'",
  );
  const undone = jobs.filter(({ state }) => state !== 'done');
  return [
    exactly('assets without a job', ids.filter((id) => !planned.has(id)).length, 0),
    exactly('jobs that did not end as done', undone.length, 0),
    ...(undone.length > 0 ? [told('how they ended', reasonsOf(undone))] : []),
    exactly('jobs done twice for one wish', asks.length - new Set(asks).size, 0),
    exactly('assets with a second run of the model', runs.length - new Set(runs.map((run) => run.file_id)).size, 0),
  ];
}

/** Every variant's file is stored, and no variant is stored that no asset refers to. */
async function fileCounts(nodes: Nodes): Promise<Count[]> {
  const stored = new Set((await nodes.storage.state()).files);
  const formats = (await assetsOf(nodes)).flatMap((asset) => Object.entries(asset.formats ?? {}));
  const variants = formats.filter(([key]) => key.startsWith('cutout')).map(([, { hash, ext }]) => `${hash}${ext}`);
  const named = new Set(variants);
  const left = [...stored].filter((name) => name.includes('_cutout') && !named.has(name));
  return [
    exactly('variants without their file', variants.filter((name) => !stored.has(name)).length, 0),
    exactly('variant files that no asset refers to', left.length, 0),
  ];
}
