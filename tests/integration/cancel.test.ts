import { setTimeout as sleep } from 'node:timers/promises';
import { findAsset, request, type Session } from '../../scripts/lib/client';
import type { AssetResponse } from '../../server/src/api/contracts';
import { cancelJobs } from '../../server/src/jobs/cancel';
import { JOB } from '../../server/src/tables/jobs';
import { THUMBNAIL_KEY } from '../../server/src/assets/keys';
import { type CoreApp, discard, idle, jobsOf, storedRows, upload } from '../support/core';
import { startQuickApp } from '../support/quick-app';
import { disc } from '../support/quick-model';
import { ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';
import { until } from '../support/until';

const api = async (session: Session, method: string, id: number, action = '') =>
  ((await request(session.url, method, `/cutout/assets/${id}${action}`, { bearer: session.jwt })) as AssetResponse)
    .data;
const cutoutsOf = async (session: Session, id: number) =>
  Object.keys((await findAsset(session, id)).formats ?? {}).filter(
    (key) => key.startsWith('cutout') && key !== THUMBNAIL_KEY,
  );

describe('a job that a person cancels', () => {
  let app: CoreApp;
  let session: Session;
  beforeAll(async () => {
    ({ app, session } = await startQuickApp({
      rules: { everything: true },
      jobs: { pollMs: 100, leaseMs: 60_000 },
    }));
  }, 180_000);
  afterAll(() => discard(app));

  let pictures = 0;
  const uploadDisc = async () =>
    (await upload(session, { name: 'disc.jpg', bytes: await disc((pictures += 1)), type: 'image/jpeg' })).id;

  /** Holds back what is stored until `letGo`. */
  function holdStorage() {
    const { provider } = app.strapi.plugin('upload');
    const { uploadStream } = provider;
    let letGo: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => (letGo = resolve));
    const held: string[] = [];
    provider.uploadStream = async (file: { hash: string }) => {
      const isVariant = file.hash.includes('_cutout');
      if (isVariant) held.push(file.hash);
      if (isVariant) await gate;
      return uploadStream(file);
    };
    return {
      held,
      letGo: () => {
        provider.uploadStream = uploadStream;
        letGo();
      },
    };
  }

  it.each([
    ['waits', { state: 'queued', reasonCode: 'source.unreadable', runAt: new Date(Date.now() + 1e7) }],
    ['is held', { state: 'held', reasonCode: 'remote.outcome-unknown' }],
  ])('and that %s ends, stays so, and begins anew by a click', async (_, data) => {
    const id = await uploadDisc();
    await idle(app);
    await api(session, 'DELETE', id);
    // As an upload that was wanted left it.
    await api(session, 'POST', id, '/run');
    await idle(app);
    await app.strapi.db.query('plugin::upload.file').update({ where: { id }, data: { formats: null } });
    await app.strapi.db.query(JOB).updateMany({ where: { fileId: id }, data });

    expect(await api(session, 'POST', id, '/cancel')).toMatchObject({
      state: 'cancelled',
      reason: { code: 'job.cancelled' },
      retryAt: null,
    });
    await app.cutout.reconciler.run(new AbortController().signal);
    await app.cutout.planner.plan(id, { source: 'field' });
    expect((await jobsOf(app, id)).map(({ state }) => state)).toEqual(['cancelled']);
    await api(session, 'POST', id, '/run');
    await idle(app);
    expect(await api(session, 'GET', id)).toMatchObject({ state: 'ready', reason: null });
    expect((await jobsOf(app, id)).map(({ state }) => state)).toEqual(['cancelled', 'done']);
  });

  it.each([
    ['this', (id: number) => app.cutout.cancel(id)],
    ['another', (id: number) => cancelJobs(app.strapi, app.cutout.clock.now, id)],
  ])(
    'at %s node while its files are stored leaves nothing of them',
    async (_, cancel) => {
      const storage = holdStorage();
      let id = 0;
      try {
        id = await uploadDisc();
        await until('a file is on its way', () => storage.held.length > 0);
        expect(await cancel(id)).toBe(1);
        // Longer than its holder takes to hear of it; the file that is on its way arrives all the same.
        await sleep(1500);
      } finally {
        storage.letGo();
      }
      await idle(app);
      expect(await api(session, 'GET', id)).toMatchObject({ state: 'cancelled', variants: [] });
      expect(await cutoutsOf(session, id)).toEqual([]);
      expect((await storedRows(app)).filter((row) => row.fileId === id)).toEqual([]);
      for (const hash of storage.held) expect(app.uploads().filter((name) => name.startsWith(hash))).toEqual([]);
      await api(session, 'POST', id, '/run');
      await idle(app);
      expect((await cutoutsOf(session, id)).sort()).toEqual(['cutout', 'cutout_matte']);
    },
    90_000,
  );

  it('after it is done changes nothing', async () => {
    const id = await uploadDisc();
    await idle(app);
    expect(await api(session, 'POST', id, '/cancel')).toMatchObject({ state: 'ready' });
    expect(await cutoutsOf(session, id)).toHaveLength(2);
  });
});

describe('a paid job that a person cancels', () => {
  let remote: RemoteApp;
  beforeAll(async () => {
    remote = await startRemoteApp();
  }, 180_000);
  afterAll(() => remote.stop());
  afterEach(() => remote.server.setFault(null));

  it('keeps the matte of a call under way, and a later run pays nothing', async () => {
    remote.server.setFault({ kind: 'slow-answer', ms: 2500 }, 1);
    const before = remote.server.credits.charged();
    const [id] = (await uploadDistinct(remote, 1)) as [number];
    await until('the picture is sent', () => remote.server.credits.charged() > before);
    expect(await api(remote.session, 'POST', id, '/cancel')).toMatchObject({ state: 'cancelled', variants: [] });
    await idle(remote.app);
    expect((await ledgerRows(remote)).filter((row) => row.fileId === id)).toMatchObject([{ outcome: 'charged' }]);
    expect(await cutoutsOf(remote.session, id)).toEqual([]);
    await api(remote.session, 'POST', id, '/run');
    await idle(remote.app);
    expect(await api(remote.session, 'GET', id)).toMatchObject({ state: 'ready', engine: 'remote' });
    expect(remote.server.credits.charged() - before).toBe(1);
  }, 90_000);

  it('pays nothing when nothing was sent', async () => {
    const before = remote.server.credits.charged();
    remote.server.setFault({ kind: 'rate-limit', retryAfter: '5' }, 1);
    const [first] = (await uploadDistinct(remote, 1)) as [number];
    const [second] = (await uploadDistinct(remote, 1)) as [number];
    await until('both have a job that runs or waits', async () => {
      const jobs = [...(await jobsOf(remote.app, first)), ...(await jobsOf(remote.app, second))];
      return jobs.length === 2 && jobs.every(({ attempts, waits }) => attempts + waits > 0);
    });
    await Promise.all([first, second].map((id) => api(remote.session, 'POST', id, '/cancel')));
    await idle(remote.app);
    const outcomes = (await ledgerRows(remote)).filter((row) => [first, second].includes(row.fileId));
    const paid = remote.server.credits.charged() - before;
    // Whoever had sent its picture before pays for it; nobody's outcome is unknown.
    expect(outcomes.filter((row) => row.outcome === 'charged')).toHaveLength(paid);
    expect(outcomes.filter((row) => row.outcome === 'unknown' || row.outcome === 'reserved')).toEqual([]);
    for (const id of [first, second])
      expect(await api(remote.session, 'GET', id)).toMatchObject({ state: expect.stringMatching(/cancelled|ready/) });
  }, 90_000);
});
