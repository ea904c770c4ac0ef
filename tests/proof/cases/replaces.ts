import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { type Asset, assetStatus, request, type Session } from '../../../scripts/lib/client';
import { type App, cutoutConfig, startWithSession, uploadsOf } from '../../support/app';
import { disc, QUICK, writeQuickModel } from '../../support/quick-model';
import { until } from '../../support/until';
import { type Count, exactly, told } from '../report';
import { attempt, type Refusal } from './parts';

export interface ReplacesOptions {
  assets: number;
  /** How often each asset is replaced, by two requests at once. */
  rounds: number;
}

/**
 * Pairs of requests replace the same asset at once, all assets at the same time, on the local provider: both of a pair
 * read the same variants in `formats`, and the sweep knows of them too.
 */
export async function parallelReplaces({ assets, rounds }: ReplacesOptions): Promise<Count[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'cutout-replaces-'));
  const { modelsDir } = writeQuickModel(path.join(folder, 'models'));
  const config = {
    local: { model: QUICK, modelsDir, cacheDir: path.join(folder, 'cache') },
    rules: { everything: { presets: ['default', 'card'] } },
    jobs: { pollMs: 200 },
  };
  const { app, session } = await startWithSession({ env: cutoutConfig(config) });
  const refusals: Refusal[] = [];
  const replace = async (id: number | null, seed: number) => {
    const bytes = new Uint8Array(await disc(seed));
    return attempt(refusals, 'replace', async () => {
      const form = new FormData();
      form.set('files', new Blob([bytes], { type: 'image/jpeg' }), `disc-${seed}.jpg`);
      const route = id === null ? '/api/upload' : `/api/upload?id=${id}`;
      return request(session.url, 'POST', route, { bearer: session.token, form, timeoutMs: 5 * 60_000 });
    });
  };
  try {
    const ids: number[] = [];
    for (let seed = 0; seed < assets; seed += 1) ids.push((await replace(null, seed))[0].id);
    await allReady(session, ids);
    for (let round = 1; round <= rounds; round += 1) {
      await Promise.all(ids.flatMap((id, at) => [1, 2].map((one) => replace(id, 1000 * round + 2 * at + one))));
      await allReady(session, ids);
    }
    for (const { text } of refusals.slice(0, 3)) console.error(text.slice(0, 300));
    if (refusals.length > 0) console.error(app.log().split('\n').slice(-60).join('\n'));
    return [
      told('replaces', 2 * assets * rounds),
      exactly('answers with a 5xx', refusals.filter(({ status }) => status >= 500).length, 0),
      exactly('answers with another error, or none', refusals.filter(({ status }) => status < 500).length, 0),
      ...(await fileCounts(app, session)),
    ];
  } finally {
    await app.stop();
    app.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

const allReady = (session: Session, ids: number[]) =>
  until(
    'every asset has its cutout',
    async () => {
      for (const id of ids) if ((await assetStatus(session, id)).state !== 'ready') return false;
      return true;
    },
    5 * 60_000,
  );

async function fileCounts(app: App, session: Session): Promise<Count[]> {
  const named = async () =>
    ((await request(session.url, 'GET', '/api/upload/files', { bearer: session.token })) as Asset[]).flatMap(
      ({ formats }) =>
        Object.entries(formats ?? {})
          .filter(([key]) => key.startsWith('cutout'))
          .map(([, entry]) => path.basename((entry as { url: string }).url)),
    );
  const left = async () => {
    const names = await named();
    return uploadsOf(app).filter((name) => /_cutout/.test(name) && !names.includes(name));
  };
  await until('the sweep is done', async () => (await left()).length === 0, 60_000).catch(() => undefined);
  const missing = (await named()).filter((name) => !existsSync(path.join(app.publicDir, 'uploads', name)));
  return [
    exactly('variants without their file', missing.length, 0),
    exactly('variant files that no asset refers to', (await left()).length, 0),
  ];
}
