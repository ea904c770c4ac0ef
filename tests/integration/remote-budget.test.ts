import { ended, ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';

/** What may be spent: a budget, a reserve, credits held for a bulk run. */

jest.setTimeout(240_000);

let remote: RemoteApp;
afterEach(() => remote.stop());

const calls = () => remote.server.calls.filter((call) => call.endpoint === 'rmbg').length;

test('a hundred assets with a budget of thirty make exactly thirty calls, and the others wait for the renewal', async () => {
  const alerts: number[] = [];
  remote = await startRemoteApp({ remote: { budget: { credits: 30 } } });
  remote.app.strapi.eventHub.on('cutout.budget', (event: unknown) => {
    alerts.push((event as { percent: number }).percent);
    return Promise.resolve();
  });
  const ids: number[] = [];
  for (let i = 0; i < 4; i += 1) ids.push(...(await uploadDistinct(remote, 25)));
  const jobs = await ended(remote, ids);
  expect(jobs.filter((job) => job.state === 'done')).toHaveLength(30);
  const waiting = jobs.filter((job) => job.state === 'queued');
  expect(waiting).toHaveLength(70);
  expect(waiting.every((job) => job.reasonCode === 'budget.reached' && job.attempts === 0)).toBe(true);
  // The cycle turns in weeks; a budget may be raised and credits be bought before.
  expect(waiting.every((job) => new Date(job.runAt).getTime() <= Date.now() + 10 * 60_000)).toBe(true);
  expect(calls()).toBe(30);
  expect(remote.server.credits.charged()).toBe(30);
  expect((await ledgerRows(remote)).filter((row) => row.outcome === 'charged')).toHaveLength(30);
  expect(alerts).toEqual([50, 80, 100]);
});

test('at the limit the local engine goes on, if that is the setting', async () => {
  remote = await startRemoteApp({ remote: { budget: { credits: 1, atLimit: 'local' } } });
  const jobs = await ended(remote, await uploadDistinct(remote, 3));
  expect(jobs.map((job) => job.state)).toEqual(['done', 'done', 'done']);
  expect(jobs.map((job) => job.chosen?.engine).sort()).toEqual(['local', 'local', 'remote']);
  expect(jobs.find((job) => job.chosen?.engine === 'local')?.chosen?.why).toContain('budget of 1 credits');
  expect(calls()).toBe(1);
});

test('auto falls back to the local engine when the service is away, and says so', async () => {
  remote = await startRemoteApp({ engine: 'auto', config: { auto: { prefer: 'remote' } } });
  remote.server.setFault({ kind: 'row', row: 'monthly-limit' });
  const [job] = await ended(remote, await uploadDistinct(remote, 1));
  expect(job).toMatchObject({ state: 'done', chosen: { engine: 'local' } });
  expect(job?.chosen?.why).toContain('monthly limit');
});

test('auto has a matte made anew by the service when the local one is too unsure', async () => {
  remote = await startRemoteApp({ engine: 'auto', config: { auto: { prefer: 'local', escalateBelow: 1 } } });
  const [job] = await ended(remote, await uploadDistinct(remote, 1));
  expect(job).toMatchObject({ state: 'done', chosen: { engine: 'remote' } });
  expect(job?.chosen?.why).toMatch(/^local was 0\.\d\d sure, less than auto\.escalateBelow 1$/);
  expect(calls()).toBe(1);
});

test('a reserve of the account is never touched', async () => {
  remote = await startRemoteApp({ remote: { budget: { reserve: 20_499 } } });
  const jobs = await ended(remote, await uploadDistinct(remote, 4));
  expect(jobs.filter((job) => job.state === 'done')).toHaveLength(1);
  expect(jobs.filter((job) => job.reasonCode === 'budget.reserve')).toHaveLength(3);
  expect(remote.server.credits.spendable(remote.key)).toBe(20_499);
});
