import { setTimeout as sleep } from 'node:timers/promises';
import { request, type Session } from '../../../scripts/lib/client';
import { type Emulator, startEmulator } from '../../support/emulator';
import { distinctPicture } from '../../support/noise';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import { atMost, type Count, exactly, told } from '../report';
import { assetsOf, hasVariants, jobsIn, reasonsOf, settledOrStuck } from './parts';

export interface PaidKillsOptions {
  client: Client;
  kills: number;
}

/** How long the service keeps its answer back after the work is done and charged. */
const ANSWER_MS = 1500;
/** How long the storage holds a matte back that has just been paid for. */
const STORE_MS = 1500;
/** Paid calls that should be under way on both nodes when one of them is killed. */
const UNDER_WAY = 4;
const PATIENCE_MS = 180_000;
const timeouts = { connect: 5000, upload: 10_000, headers: 10_000, body: 10_000, total: 30_000 };

/**
 * Two nodes without a common folder send pictures to the emulated service, which answers late, and keep their mattes in
 * a slow storage. One node after the other is killed and started again: in the middle of its paid calls, and every third
 * time while a matte that has just been paid for is on its way to the storage. The service's own count is what the ledger is held against.
 */
export async function paidKills({ client, kills }: PaidKillsOptions): Promise<Count[]> {
  const emulator = await startEmulator();
  const { apiUrl, accountUrl, apiKey } = emulator;
  const nodes = await startNodes({
    client,
    config: {
      remote: { apiKey, apiUrl, accountUrl, timeouts, concurrency: 4 },
      rules: { everything: { engine: 'remote' } },
      jobs: { pollMs: 500, retryDelayMs: 200, leaseMs: 4000 },
    },
  });
  try {
    await emulator.setFault({ kind: 'slow-answer', ms: ANSWER_MS });
    await nodes.storage.setFault({ kind: 'slow', ms: STORE_MS, methods: ['PUT'], names: 'matte' });
    const feed = keepFeeding(nodes, emulator);
    let hits = 0;
    for (let kill = 0; kill < kills; kill += 1) {
      const storing = kill % 3 === 2;
      await until(async () =>
        storing ? (await nodes.storage.state()).held >= 2 : (await underWay(emulator)) >= UNDER_WAY,
      );
      const lost = await lostCalls(emulator);
      await nodes.kill(kill % 2);
      await sleep(200);
      hits += (await lostCalls(emulator)) > lost ? 1 : 0;
      await nodes.start(kill % 2);
    }
    // The last one stays down: what it has paid for must not need its folder.
    await until(async () => (await nodes.storage.state()).held >= 3);
    await nodes.kill(1);
    const uploaded = await feed.stop();
    await emulator.setFault(null);
    await nodes.storage.setFault(null);
    const ended = async () => !(await jobsIn(nodes)).some(({ state }) => state === 'queued' || state === 'running');
    await settledOrStuck(nodes, ended, PATIENCE_MS);
    return [
      told('kills', kills + 1),
      told('kills that cut off a paid call', hits),
      told('pictures uploaded', uploaded),
      ...(await moneyCounts(nodes, emulator)),
      ...(await jobCounts(nodes)),
    ];
  } finally {
    await nodes.stop();
    await emulator.stop();
  }
}

/** Uploads new pictures whenever the nodes have too little to do, to whichever node answers. */
function keepFeeding(nodes: Nodes, emulator: Emulator) {
  let going = true;
  let uploaded = 0;
  let seed = 0;
  const feed = async () => {
    for (; going; await sleep(200)) {
      const open = (await jobsIn(nodes)).filter(({ state }) => state === 'queued' || state === 'running');
      if (open.length >= 2 * UNDER_WAY || (await underWay(emulator)) >= 2 * UNDER_WAY) continue;
      const picture = await distinctPicture((seed += 1));
      // A node that was just killed refuses; the other one is asked with another picture.
      await send(nodes.session(seed % 2), picture, seed).then(
        () => (uploaded += 1),
        () => undefined,
      );
    }
  };
  const running = feed();
  return {
    async stop() {
      going = false;
      await running;
      return uploaded;
    },
  };
}

async function send(session: Session, picture: Buffer, seed: number): Promise<void> {
  const form = new FormData();
  form.set('files', new Blob([new Uint8Array(picture)], { type: 'image/png' }), `noise-${seed}.png`);
  await request(session.url, 'POST', '/api/upload', { bearer: session.token, form, timeoutMs: 20_000 });
}

const paidCalls = async (emulator: Emulator) =>
  (await emulator.state()).calls.filter(({ endpoint }) => endpoint === 'rmbg');
const underWay = async (emulator: Emulator) =>
  (await paidCalls(emulator)).filter(({ charged, answer }) => charged && answer === 'open').length;
const lostCalls = async (emulator: Emulator) =>
  (await paidCalls(emulator)).filter(({ charged, answer }) => charged && answer === 'lost').length;

async function until(check: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await check())) {
    if (Date.now() > deadline) throw new Error('There was no work in hand to kill a node at within 60 s.');
    await sleep(100);
  }
}

/** The ledger against what the service itself has counted. */
export async function moneyCounts(nodes: Nodes, emulator: Emulator): Promise<Count[]> {
  const { pictures, charged } = await emulator.state();
  const rows = await nodes.rows<{ outcome: string; n: number | string }>(
    "select outcome, count(*) as n from cutout_ledger where engine = 'remote' group by outcome",
  );
  const ledger = (outcome: string) => Number(rows.find((row) => row.outcome === outcome)?.n ?? 0);
  const [sure, unsure] = [ledger('charged'), ledger('unknown')];
  return [
    told('credits that the service charged', charged),
    exactly('pictures that were charged twice', Object.values(pictures).filter((times) => times > 1).length, 0),
    told('ledger: charged', sure),
    told('ledger: unknown', unsure),
    exactly('ledger: left as reserved', ledger('reserved'), 0),
    atMost('ledger: charged and never charged by the service', Math.max(0, sure - charged), 0),
    atMost('credits of the service that the ledger does not know', Math.max(0, charged - sure - unsure), 0),
  ];
}

async function jobCounts(nodes: Nodes): Promise<Count[]> {
  const jobs = await jobsIn(nodes);
  const assets = await assetsOf(nodes);
  const ready = assets.filter((asset) => hasVariants(asset, 'cutout', 'cutout_matte'));
  const asking = new Set(
    jobs.filter(({ reason_code: reason }) => reason === 'remote.outcome-unknown').map((job) => job.file_id),
  );
  const neither = assets.filter((asset) => !ready.includes(asset) && !asking.has(asset.id));
  return [
    told('assets with a cutout', ready.length),
    told('assets that wait for a person, their call unknown', asking.size),
    exactly('assets with neither', neither.length, 0),
    exactly(
      'jobs that have not ended',
      jobs.filter(({ state }) => state === 'queued' || state === 'running').length,
      0,
    ),
    told('jobs', reasonsOf(jobs)),
  ];
}
