import { usageResponse } from '../../server/src/api/contracts';
import { bootCore, type CoreApp, removeData } from '../support/core';
import { day, minute, type MoneyScene, type SceneOptions, startMoneyScene } from '../support/money';

/** What the credits page shows: forecasts and drift where accounts, windows and clocks are not as one would like. */

jest.setTimeout(120_000);

let app: CoreApp;
let scene: MoneyScene;
beforeAll(async () => {
  app = await bootCore();
});
afterAll(async () => {
  await app.stop();
  removeData(app);
});
afterEach(() => scene.stop());

const start = async (options: SceneOptions) => (scene = await startMoneyScene(app, options));
const report = async (ask = true) => usageResponse.parse({ data: await scene.report(ask) }).data;

test('prepaid credits are in no usage of the account, but are forecast and are no drift', async () => {
  const { run } = await start({ plan: { included: 3, prepaid: 10 }, count: 8 });
  await run(3 * minute);
  const { account, drift, forecast, ledger } = await report();
  expect(ledger).toMatchObject({ charged: 8, unknown: 0, reserved: 0 });
  expect(account).toMatchObject({ apiUsage: 3, prepaidUsed: 5, prepaidCredits: 5, spendable: 5, stale: false });
  expect(drift).toBe(0);
  // Eight in the 29 days of the cycle so far.
  expect(forecast?.perDay).toBeCloseTo(8 / 29, 1);
});

test('other users of the key are drift, the web editor is not', async () => {
  const { run, server, key } = await start({ count: 2 });
  await run(minute);
  server.accounts.useApp(key, 40);
  const account = server.accounts.find(key);
  if (account) for (let i = 0; i < 3; i += 1) server.accounts.charge({ account });
  await run(2 * minute);
  expect(await report()).toMatchObject({ drift: 3, account: { appUsage: 40, apiUsage: 5 } });
});

test('an unsynced account is compared by calendar month, whatever its cycle says', async () => {
  const { run } = await start({ plan: { synced: false, included: 100, prepaid: 0 }, count: 4 });
  await run(3 * minute);
  const { account, drift, cycle, budget } = await report();
  expect(cycle).toMatchObject({ synced: false, projected: false });
  expect(account).toMatchObject({ apiUsage: 4, remainingIncludedCredits: 96, spendable: 96 });
  expect([drift, budget.spent]).toEqual([0, 4]);
});

test('after a turn that the account has not told, nothing is compared and nothing foretold', async () => {
  const { run, server, key } = await start({ count: 2 });
  await run(minute);
  server.accounts.endPeriod(key, 2 * minute, day);
  await run(minute);
  expect(await report()).toMatchObject({ cycle: { projected: false }, drift: 0 });
  server.setAccountHost('reset');
  await run(6 * minute);
  const usage = await report();
  expect(usage).toMatchObject({ cycle: { projected: true, synced: true }, drift: null, forecast: null });
  expect(usage.account).toMatchObject({ stale: true });
  expect(usage.accountProblem).toMatchObject({ code: 'remote.unreachable' });
});

test.each([5 * minute, -5 * minute])(
  'a service whose clock is off by %i ms makes no drift at a turn',
  async (aheadMs) => {
    const { run, server, key } = await start({ count: 12, budget: { credits: 6 }, aheadMs });
    server.accounts.endPeriod(key, 4 * minute, 0);
    await run(20 * minute);
    const { drift, ledger, budget } = await report();
    expect(ledger.charged).toBeGreaterThan(0);
    expect(drift).toBe(0);
    expect(budget.spent).toBeLessThanOrEqual(6);
  },
);

test('an outcome that nobody knows is no drift, either way', async () => {
  const { run, server } = await start({ count: 3 });
  server.setFault({ kind: 'reset-after-body' }, 2);
  await run(3 * minute);
  const { drift, ledger } = await report();
  expect(ledger).toMatchObject({ charged: 1, unknown: 2 });
  expect(drift).toBe(0);
});

test('a drift is told as certain when the account has been read twice and both come to the same', async () => {
  const { run, server, key } = await start({ count: 2 });
  await run(minute);
  const account = server.accounts.find(key)!;
  server.accounts.charge({ account });
  await run(2 * minute);
  expect(await report()).toMatchObject({ drift: 1, driftAgrees: false });
  // The same answer of the account, read again, proves nothing.
  expect(await report()).toMatchObject({ drift: 1, driftAgrees: false });
  await run(2 * minute);
  expect(await report()).toMatchObject({ drift: 1, driftAgrees: true });
  server.accounts.charge({ account });
  await run(2 * minute);
  expect(await report()).toMatchObject({ drift: 2, driftAgrees: false });
});

test('without asking, nothing is waited for: the ledger, and the account as it was known last', async () => {
  const { run, server, asked } = await start({ count: 2, budget: { credits: 10 } });
  await run(minute);
  await report();
  server.setAccountHost('silent');
  await run(5 * minute);
  const before = asked();
  const began = Date.now();
  const usage = await report(false);
  expect(Date.now() - began).toBeLessThan(1000);
  expect(asked()).toBe(before);
  expect(usage).toMatchObject({ ledger: { charged: 2 }, budget: { spent: 2, alerted: null } });
  expect(usage.account).toMatchObject({ apiUsage: 2, stale: true });
});

test('a silent account host delays the page by less than five seconds, and only the first one', async () => {
  const { server } = await start({});
  server.setAccountHost('silent');
  const began = Date.now();
  const first = await report();
  expect(Date.now() - began).toBeLessThan(5000);
  expect(first.account).toBeNull();
  expect(first.accountProblem).not.toBeNull();
  const again = Date.now();
  await Promise.all([report(), report(), report()]);
  expect(Date.now() - again).toBeLessThan(1000);
});
