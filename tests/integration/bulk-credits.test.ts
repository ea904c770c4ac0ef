import type { BulkView } from '../../server/src/bulk-words';
import { ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';
import { until } from '../support/until';

/** A bulk run that may spend so much and no more, whatever the budget would allow. */

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp({ config: { rules: {} }, remote: { budget: { credits: 100 } } });
}, 60_000);
afterAll(() => remote.stop());

it('stops when the credits that were set aside for it are used up, and tells so once', async () => {
  const told: unknown[] = [];
  remote.app.strapi.eventHub.on('cutout.bulk', async (event: unknown) => void told.push(event));
  await uploadDistinct(remote, 6);
  const { bulk } = remote.app.cutout;
  const planned = await bulk.plan({ filter: {}, presets: ['default'], engine: 'remote', credits: 2 });
  expect(planned.plan).toMatchObject({ make: 6, credits: { atMost: 6 } });
  expect(planned.plan.credits.spendable).toBeLessThanOrEqual(100);
  await bulk.start(planned.id);
  expect((await ledgerRows(remote)).filter(({ outcome }) => outcome === 'held')).toMatchObject([{ credits: 2 }]);
  const run: BulkView = await until('the run has ended', async () => {
    const now = await bulk.find(planned.id);
    return now.state !== 'running' && now;
  });
  expect(run).toMatchObject({ state: 'stopped', reason: { code: 'budget.bulk' }, credits: 2 });
  expect(run.jobs).toMatchObject({ done: 2, cancelled: 4, queued: 0, running: 0 });
  const rows = await ledgerRows(remote);
  expect(rows.filter(({ outcome }) => outcome === 'charged')).toHaveLength(2);
  expect(rows.filter(({ outcome }) => outcome === 'held')).toEqual([]);
  await until('its end was told', () => told.length > 0);
  expect(told).toMatchObject([{ state: 'stopped', credits: 2, jobs: { done: 2, cancelled: 4 } }]);
}, 120_000);
