import { setTimeout as sleep } from 'node:timers/promises';
import { THUMBNAIL_KEY } from '../../../server/src/assets/keys';
import type { Emulator } from '../../support/emulator';
import { asJson, type Nodes } from '../../support/nodes';
import type { Receiver } from '../../support/webhooks';
import { type Count, exactly, told } from '../report';
import { type Kind, wanted } from './chaos-assets';
import { jobsIn, type StoredAsset, type StoredJob } from './parts';

/** Both of an asset and of a matte: what names its file in the storage. */
interface StoredName {
  hash: string;
  ext: string;
}
const nameOf = ({ hash, ext }: StoredName): string => `${hash}${ext}`;

export interface ChaosAsset extends StoredAsset {
  kind: Kind;
  file: string;
}

export async function chaosAssets(nodes: Nodes): Promise<ChaosAsset[]> {
  const rows = await nodes.rows<StoredName & { id: number; name: string; formats: unknown }>(
    'select id, name, hash, ext, formats from files order by id',
  );
  const links = await nodes.rows<{ file_id: number }>("select file_id from files_related_mph where field = 'gallery'");
  const linked = new Set(links.map((link) => link.file_id));
  // Strapi links an upload after it has stored it: one that a kill cut in two is in no gallery.
  const kindOf = (id: number, named: Kind): Kind => (named === 'gallery' && !linked.has(id) ? 'plain' : named);
  return rows.map(({ id, name, formats, ...file }) => ({
    id,
    kind: kindOf(id, name.slice(0, name.indexOf('-')) as Kind),
    file: nameOf(file),
    formats: asJson<StoredAsset['formats']>(formats),
  }));
}

const oursOf = ({ formats }: StoredAsset) => Object.entries(formats ?? {}).filter(([key]) => key.startsWith('cutout'));

/** Exactly the variants that its rules want, and no other. */
export const isComplete = (asset: ChaosAsset): boolean =>
  JSON.stringify(
    oursOf(asset)
      .map(([key]) => key)
      .filter((key) => key !== THUMBNAIL_KEY)
      .sort(),
  ) === JSON.stringify(wanted[asset.kind]);

/** Files that the storage has for nobody. */
export async function orphans(nodes: Nodes): Promise<string[]> {
  const named = new Set((await chaosAssets(nodes)).flatMap((asset) => oursOf(asset).map(([, entry]) => nameOf(entry))));
  const mattes = await nodes.rows<StoredName>("select hash, ext from cutout_mattes where state <> 'storing'");
  for (const matte of mattes) named.add(nameOf(matte));
  const { files } = await nodes.storage.state();
  return files.filter((name) => /_cutout|^cutout_/.test(name) && !named.has(name));
}

const ON_THEIR_WAY = "cutout_mattes where state = 'storing'";

async function countOf(nodes: Nodes, rows: string): Promise<number> {
  const [found] = await nodes.rows<{ n: number }>(`select count(*) as n from ${rows}`);
  return Number(found!.n);
}

const SWEPT_MS = 60_000;

/** The sweep at a start, when all that was on its way counts as lost. Further nodes are left as they are. */
export async function sweep(nodes: Nodes): Promise<void> {
  await nodes.end(0);
  // A killed process may have held it.
  const taken = async () =>
    (await nodes.rows("select id from cutout_locks where name = 'sweep' and holder is not null")).length;
  for (let waited = 0; (await taken()) > 0 && waited < 60; waited += 1) await sleep(1000);
  const longAgo = nodes.databaseFile ? '0' : "'2000-01-01 00:00:00'";
  await nodes.write(`update cutout_mattes set used_at = ${longAgo} where state = 'storing'`);
  await nodes.start(0);
  const left = async () => (await orphans(nodes)).length + (await countOf(nodes, ON_THEIR_WAY));
  for (const late = Date.now() + SWEPT_MS; (await left()) > 0 && Date.now() < late;) await sleep(1000);
}

export async function assetCounts(nodes: Nodes, assets: number): Promise<Count[]> {
  const all = await chaosAssets(nodes);
  const stored = new Set((await nodes.storage.state()).files);
  const mattes = await nodes.rows<StoredName>("select hash, ext from cutout_mattes where state = 'stored'");
  const names = all.flatMap((asset) => oursOf(asset).map(([, entry]) => nameOf(entry)));
  const needed = [...names, ...all.map(({ file }) => file), ...mattes.map(nameOf)];
  for (const { id, kind, formats } of all.filter((asset) => !isComplete(asset)).slice(0, 5))
    console.error(`asset ${id} (${kind}) has ${Object.keys(formats ?? {}).join(', ')}`);
  return [
    told('assets', all.length),
    told('of them by the remote engine', all.filter(({ kind }) => kind === 'paid').length),
    told('of them with the presets of three rules', all.filter(({ kind }) => kind === 'gallery').length),
    exactly('uploads answered without an asset', Math.max(0, assets - all.length), 0),
    exactly('assets without exactly the variants that are wanted', all.filter((asset) => !isComplete(asset)).length, 0),
    exactly('variants that share a file', names.length - new Set(names).size, 0),
    exactly('originals, variants and mattes without their file', needed.filter((name) => !stored.has(name)).length, 0),
  ];
}

export async function jobCounts(nodes: Nodes): Promise<Count[]> {
  const jobs = await jobsIn(nodes);
  const done = jobs.filter(({ state }) => state === 'done').map((job) => `${job.file_id} ${job.ask}`);
  const planned = new Set(jobs.map((job) => job.file_id));
  return [
    exactly('assets without a job', (await chaosAssets(nodes)).filter(({ id }) => !planned.has(id)).length, 0),
    exactly('jobs that did not end', jobs.filter(({ state }) => /queued|running/.test(state)).length, 0),
    exactly('jobs that failed, were skipped or cancelled', jobs.filter(madeNothing).length, 0),
    exactly('jobs done twice for one wish', done.length - new Set(done).size, 0),
    told('jobs that were begun more than once', jobs.filter(({ attempts }) => attempts > 1).length),
    exactly('leases left', await countOf(nodes, 'cutout_jobs where lease_token is not null'), 0),
    exactly('reservations left', await countOf(nodes, "cutout_ledger where outcome = 'reserved'"), 0),
    exactly('mattes left on their way', await countOf(nodes, ON_THEIR_WAY), 0),
    exactly('looks left', await countOf(nodes, 'cutout_looks'), 0),
  ];
}

/** One that a person has answered by asking anew counts for nothing. */
const madeNothing = ({ state, reason_code: reason }: StoredJob): boolean =>
  ['failed', 'skipped', 'cancelled'].includes(state) && reason !== 'job.superseded';

/** What the receiver was told against the jobs that made something. */
export async function eventCounts(nodes: Nodes, { received }: Receiver): Promise<Count[]> {
  const done = (await jobsIn(nodes)).filter(({ state }) => state === 'done').map(({ id }) => id);
  const ready = received.filter(({ event }) => event === 'cutout.ready');
  const toldOf = new Set(ready.map(({ jobId }) => jobId as number));
  return [
    exactly('cutouts that no event told of', done.filter((id) => !toldOf.has(id)).length, 0),
    exactly('events that told of what is not', [...toldOf].filter((id) => !done.includes(id)).length, 0),
    told('events that came twice, or were refused first', ready.length - new Set(ready.map(({ id }) => id)).size),
    exactly('events left', await countOf(nodes, 'cutout_events'), 0),
  ];
}

/** Charges of the service beyond the first of each picture. */
export async function furtherCharges(emulator: Emulator): Promise<number> {
  return Object.values((await emulator.state()).pictures).reduce((sum, times) => sum + times - 1, 0);
}
