import { setTimeout as sleep } from 'node:timers/promises';
import { assetStatus, request } from '../../../scripts/lib/client';
import { type Emulator, startEmulator } from '../../support/emulator';
import { distinctPicture } from '../../support/noise';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import type { StorageFault } from '../../support/storage';
import { atMost, type Count, exactly, told } from '../report';
import { assetsOf, hasVariants, jobsIn, reasonsOf, settledOrStuck } from './parts';

export interface StorageAwayOptions {
  client: Client;
  fault: StorageFault;
  /** How long the storage is away. */
  awayMs: number;
  /** How long after the storage is back the cutouts may take; 5 minutes when left out. */
  resumeMs?: number;
}

const PICTURES = 3;
const preset = (side: number) => ({ default: { w: side, h: side, exact_resize: true } });

/**
 * A preset is edited and its cutouts are asked for again while the storage is away: the stored mattes serve, so no
 * call may be paid for, and the jobs wait and go on by themselves.
 */
export async function storageAway({
  client,
  fault,
  awayMs,
  resumeMs = 5 * 60_000,
}: StorageAwayOptions): Promise<Count[]> {
  const emulator = await startEmulator();
  const { apiKey, apiUrl, accountUrl } = emulator;
  const config = (side: number) => ({
    remote: { apiKey, apiUrl, accountUrl },
    rules: { everything: { engine: 'remote' } },
    presets: preset(side),
    jobs: { pollMs: 500, retryDelayMs: 500, maxAttempts: 2 },
  });
  const nodes = await startNodes({ client, count: 1, config: config(16) });
  try {
    const ids = await uploadPictures(nodes);
    await settledOrStuck(nodes, async () => (await withWidth(nodes, 16)) === ids.length, 60_000);
    const paid = (await emulator.state()).charged;
    await nodes.end(0);
    // Before the start, which looks itself for what is to be made anew.
    await nodes.storage.setFault(fault);
    await nodes.start(0, config(12));
    for (const id of ids) await run(nodes, id);
    const askedOnce = await waitingThrough(nodes, ids, awayMs);
    const duringPaid = (await emulator.state()).charged - paid;

    await nodes.storage.setFault(null);
    const back = Date.now();
    const done = async () => (await withWidth(nodes, 12)) === ids.length;
    while (!(await done()) && Date.now() - back < resumeMs) await sleep(500);
    return [
      exactly('paid calls before', paid, PICTURES),
      exactly('paid calls while the storage was away', duringPaid, 0),
      exactly('jobs that waited with a reason', askedOnce.length, PICTURES),
      told('their reasons', [...new Set(askedOnce)].join(', ')),
      exactly('cutouts made anew when it was back', await withWidth(nodes, 12), PICTURES),
      atMost('seconds until then', Math.round((Date.now() - back) / 1000), resumeMs / 1000),
      exactly('paid calls in all', await chargedBy(emulator), PICTURES),
      exactly(
        'assets without a cutout',
        (await assetsOf(nodes)).filter((asset) => !hasVariants(asset, 'cutout')).length,
        0,
      ),
      told('jobs', reasonsOf(await jobsIn(nodes))),
    ];
  } finally {
    await nodes.stop();
    await emulator.stop();
  }
}

const chargedBy = async (emulator: Emulator) => (await emulator.state()).charged;

async function uploadPictures(nodes: Nodes): Promise<number[]> {
  const { url, token } = nodes.session(0);
  const form = new FormData();
  for (let seed = 1; seed <= PICTURES; seed += 1) {
    const bytes = new Uint8Array(await distinctPicture(seed));
    form.append('files', new Blob([bytes], { type: 'image/png' }), `noise-${seed}.png`);
  }
  const assets = (await request(url, 'POST', '/api/upload', { bearer: token, form })) as { id: number }[];
  return assets.map(({ id }) => id);
}

/** As the panel's button does. */
async function run(nodes: Nodes, id: number): Promise<void> {
  const { url, jwt } = nodes.session(0);
  await request(url, 'POST', `/cutout/assets/${id}/run`, { bearer: jwt, json: {} });
}

/** Reasons of the assets' jobs that are waiting at the end of the outage. */
async function waitingThrough(nodes: Nodes, ids: number[], awayMs: number): Promise<string[]> {
  await sleep(awayMs);
  const reasons: string[] = [];
  for (const id of ids) {
    const { state, reason } = await assetStatus(nodes.session(0), id);
    if (['waiting', 'queued', 'running'].includes(state) && reason) reasons.push(reason.code);
    else console.error(`Asset ${id} is ${state}${reason ? `: ${reason.code}, ${reason.message}` : ''}`);
  }
  return reasons;
}

async function withWidth(nodes: Nodes, width: number): Promise<number> {
  const assets = await assetsOf(nodes);
  return assets.filter(({ formats }) => formats?.cutout?.width === width).length;
}
