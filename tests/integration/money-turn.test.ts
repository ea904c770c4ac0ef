import { bootCore, type CoreApp, removeData } from '../support/core';
import {
  minute,
  type MoneyScene,
  type PaidJob,
  type SceneOptions,
  second,
  startMoneyScene,
  STEP,
} from '../support/money';

/** Jobs that wait for credits while cycles turn: the emulated service, the real database, and one clock for both. */

jest.setTimeout(240_000);

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

const late = (jobs: PaidJob[], turn: number) =>
  Math.max(...jobs.map(({ doneAt }) => (doneAt === null ? Infinity : doneAt - turn)));

const faults = [
  ['at once', 0, 'up'],
  ['two minutes late', 2 * minute, 'up'],
  ['with the account host away', 0, 'reset'],
  ['two minutes late, with the account host away', 2 * minute, 'reset'],
] as const;

describe('a cycle that turns', () => {
  test.each(faults)('%s brings the jobs of a used-up budget back within five minutes', async (_how, lateMs, host) => {
    const { key, now, server, jobs, run, counted, done } = await start({ budget: { credits: 4 }, count: 7 });
    await run(2 * minute);
    expect([done(), counted()]).toEqual([4, 4]);
    server.accounts.endPeriod(key, 3 * minute, lateMs);
    const turn = now() + 3 * minute;
    // The account tells the end of its period once, and is not there when it comes.
    await run(2 * minute);
    server.setAccountHost(host);
    await run(6 * minute + 15 * second);
    expect(late(jobs, turn)).toBeLessThanOrEqual(5 * minute);
    expect(counted()).toBeLessThanOrEqual(4);
    expect(server.credits.charged()).toBe(7);
  });

  test.each(faults)('%s brings the jobs of a used-up plan back within five minutes', async (_how, lateMs, host) => {
    const { key, now, server, jobs, run, counted, done } = await start({ plan: { included: 3, prepaid: 0 }, count: 6 });
    await run(2 * minute);
    expect(done()).toBe(3);
    server.accounts.endPeriod(key, 3 * minute, lateMs);
    const turn = now() + 3 * minute;
    await run(2 * minute);
    server.setAccountHost(host);
    await run(6 * minute + 15 * second);
    expect(late(jobs, turn)).toBeLessThanOrEqual(5 * minute);
    expect(counted()).toBe(3);
  });
});

test('a budget gives no more than it has over turns that the account tells late or not at all', async () => {
  const { key, server, run, counted, done } = await start({ budget: { credits: 5 }, count: 40 });
  await run(minute);
  expect(done()).toBe(5);
  for (const [cycle, host] of (['up', 'reset', 'up'] as const).entries()) {
    server.accounts.endPeriod(key, 2 * minute, 2 * minute);
    await run(minute);
    server.setAccountHost(host);
    await run(8 * minute);
    expect(counted()).toBe(5);
    expect(done()).toBe(5 * (cycle + 2));
    server.setAccountHost('up');
    await run(2 * minute);
    expect(counted()).toBe(5);
  }
});

test('credits bought in the middle of a monthly stop bring the jobs back within two minutes', async () => {
  const { key, now, server, jobs, run, done, asked } = await start({ plan: { included: 2, prepaid: 0 }, count: 5 });
  await run(10 * minute);
  expect(done()).toBe(2);
  // One free call a minute at most, beside those of the refused calls themselves.
  expect(asked()).toBeLessThanOrEqual(10 + 5);
  server.accounts.buyCredits(key, 3);
  const bought = now();
  await run(2 * minute);
  expect(late(jobs, bought)).toBeLessThanOrEqual(2 * minute);
});

test('credits bought above the reserve bring the jobs back within two minutes', async () => {
  const { key, now, server, jobs, run, done } = await start({
    plan: { included: 10, prepaid: 0 },
    budget: { reserve: 8 },
    count: 5,
  });
  await run(5 * minute);
  expect(done()).toBe(2);
  server.accounts.buyCredits(key, 3);
  const bought = now();
  await run(2 * minute + STEP);
  expect(late(jobs, bought)).toBeLessThanOrEqual(2 * minute);
  expect(server.credits.spendable(key)).toBe(8);
});
