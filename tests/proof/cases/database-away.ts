import { setTimeout as sleep } from 'node:timers/promises';
import { request } from '../../../scripts/lib/client';
import { startEmulator } from '../../support/emulator';
import { type Client, type Nodes, startNodes } from '../../support/nodes';
import { distinctPicture } from '../../support/noise';
import { startProxyTo, type TcpProxy } from '../../support/tcp-proxy';
import { atMost, type Count, exactly, told } from '../report';
import { assetsOf, attempt, hasVariants, jobsIn, reasonsOf, type Refusal, settledOrStuck } from './parts';

export interface DatabaseAwayOptions {
  client: Client;
  awayMs: number;
  assets: number;
}

/** The database cannot be reached for a while, with paid jobs in flight; the node goes on when it is back. */
export async function databaseAway({ client, awayMs, assets }: DatabaseAwayOptions): Promise<Count[]> {
  const emulator = await startEmulator();
  const { apiKey, apiUrl, accountUrl } = emulator;
  let proxy: TcpProxy | null = null;
  const nodes = await startNodes({
    client,
    count: 1,
    config: {
      remote: { apiKey, apiUrl, accountUrl },
      rules: { everything: { engine: 'remote' } },
      jobs: { pollMs: 500 },
    },
    address: async (url) => {
      const way = await startProxyTo(url);
      proxy = way.proxy;
      return way.address;
    },
  });
  try {
    const pid = nodes.apps[0]!.pid;
    await emulator.setFault({ kind: 'slow-answer', ms: 1500 });
    await upload(nodes, 1, assets);
    await sleep(1500);
    await proxy!.cut();
    const refusals: Refusal[] = [];
    const meanwhile = attempt(refusals, 'upload', () => upload(nodes, 1000, 1));
    await sleep(awayMs);
    await proxy!.mend();
    await emulator.setFault(null);
    await meanwhile;
    const back = Date.now();
    const ready = async () => (await assetsOf(nodes)).filter((asset) => hasVariants(asset, 'cutout')).length;
    await settledOrStuck(nodes, async () => (await ready()) >= assets, 120_000);
    const { charged } = await emulator.state();
    const all = await assetsOf(nodes);
    return [
      exactly('Strapi processes that ended', Number(nodes.apps[0]!.process.exitCode !== null), 0),
      exactly('unhandled rejections in the log', nodes.log().match(/unhandled/gi)?.length ?? 0, 0),
      told('uploads refused while it was away', refusals.length),
      exactly('assets without a cutout', all.length - (await ready()), 0),
      exactly('paid calls for each asset, too many', Math.max(0, charged - all.length), 0),
      atMost('seconds until all was made', Math.round((Date.now() - back) / 1000), 120),
      told('jobs', reasonsOf(await jobsIn(nodes))),
      told('process', pid === nodes.apps[0]!.pid ? 'the same' : 'another'),
    ];
  } finally {
    await (proxy as TcpProxy | null)?.mend().catch(() => undefined);
    await nodes.stop();
    await (proxy as TcpProxy | null)?.stop();
    await emulator.stop();
  }
}

async function upload(nodes: Nodes, firstSeed: number, count: number): Promise<void> {
  const { url, token } = nodes.session(0);
  const form = new FormData();
  for (let seed = firstSeed; seed < firstSeed + count; seed += 1) {
    form.append('files', new Blob([new Uint8Array(await distinctPicture(seed))], { type: 'image/png' }), `${seed}.png`);
  }
  await request(url, 'POST', '/api/upload', { bearer: token, form });
}
