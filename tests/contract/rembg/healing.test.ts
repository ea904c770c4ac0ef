import type { CircuitState } from '../../../server/src/engines/remote/circuit';
import type { RemoteError } from '../../../server/src/engines/remote/errors';
import { startOddService, type OddService, type Respond } from './odd-service';
import { picture } from './pictures';

/** Stops that end: by a probe, by credits, by time, by another node; and an account host that is silent. */

let png: Buffer;
let service: OddService;
let account: OddService;

beforeAll(async () => {
  png = await picture(16, 16);
});
beforeEach(async () => {
  service = await startOddService();
  account = await startOddService();
});
afterEach(() => Promise.all([service.stop(), account.stop()]));

const json =
  (status: number, body: object): Respond =>
  (_request, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
const good: Respond = (_request, response) => response.end(png);
const badKey = json(401, { error: 'invalid api key', status: 401 });
const noCredits = json(429, { error: "You've reached your monthly limit.", status: 429 });
const membership = (remaining: number, periodEndUnix: number) =>
  json(200, {
    membership: 'Premium',
    credits: 10,
    prepaidCredits: 0,
    app_usage: 0,
    api_usage: 10 - remaining,
    billingCycle: {
      periodStartUnix: 1,
      periodEndUnix,
      appUsage: 0,
      apiUsage: 10 - remaining,
      includedCredits: 10,
      prepaidCredits: 0,
      usedIncludedCredits: 10 - remaining,
      remainingIncludedCredits: remaining,
      stripeBillingSynced: true,
    },
  });
const silent: Respond = () => undefined;
const failed = (work: Promise<unknown>) =>
  work.then(
    () => Promise.reject(new Error('expected a failure')),
    (error: unknown) => error as RemoteError,
  );

function connect(more: object = {}) {
  const clock = { now: Date.UTC(2026, 10, 21, 12) };
  const changes: CircuitState[] = [];
  const client = service.client({
    accountUrl: account.url,
    now: () => clock.now,
    onCircuitChange: (state) => void changes.push(state),
    ...more,
  });
  return { client, clock, changes };
}

it('a refused key is tried by one call after a pause, while the others are refused', async () => {
  const { client, clock } = connect();
  service.answer(badKey);
  await failed(client.matte({ path: png }));
  clock.now += 60_000;
  service.answer((request, response) => setTimeout(() => good(request, response), 100));
  const outcomes = await Promise.allSettled([1, 2, 3].map(() => client.matte({ path: png })));
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected']);
  expect(service.calls()).toBe(2);
  expect(client.circuit.state()).toMatchObject({ kind: 'closed' });
});

it('a refused key is let through again by a probe that the account answers', async () => {
  const { client } = connect();
  service.answer(badKey);
  await failed(client.matte({ path: png }));
  account.answer(badKey);
  expect(await client.probe()).toBe(false);
  expect(client.circuit.state().kind).toBe('open');
  account.answer(membership(5, 4e9));
  expect(await client.probe()).toBe(true);
  service.answer(good);
  await client.matte({ path: png });
});

it('credits that turn up end a monthly stop, and one that the account does not explain looks again soon', async () => {
  const { client, clock } = connect();
  service.answer(noCredits);
  account.answer(membership(0, clock.now / 1000 - 1));
  expect(await failed(client.matte({ path: png }))).toMatchObject({ retryAt: clock.now + 120_000 });
  account.answer(membership(5, clock.now / 1000 + 1e6));
  await client.membership({ expand: ['billing_cycle'] });
  expect(client.circuit.state().kind).toBe('closed');
  expect(await failed(client.matte({ path: png }))).toMatchObject({ retryAt: clock.now + 120_000 });
});

it('a renewal known elsewhere serves when the account does not tell it', async () => {
  const renewal = Date.UTC(2026, 10, 25);
  const { client } = connect({ knownRenewal: () => renewal });
  service.answer(noCredits);
  account.answer(json(500, { error: 'broken', status: 500 }));
  expect(await failed(client.matte({ path: png }))).toMatchObject({ retryAt: renewal });
});

it.each([401, 403, 429, 500])('an account host that answers %d never stops paid work', async (status) => {
  const { client, changes } = connect();
  account.answer(json(status, { error: 'invalid api key', status }));
  service.answer(good);
  await failed(client.membership());
  expect(await client.probe()).toBe(false);
  await client.matte({ path: png });
  expect(changes).toEqual([]);
});

it('an account host that is silent takes at most 5 seconds, with all retries', async () => {
  account.answer(silent);
  const { client } = connect({ timeouts: { headers: 2000 }, retry: { retries: 10, baseMs: 1, maxMs: 2 } });
  const start = performance.now();
  await Promise.all([failed(client.membership()), failed(client.billingCycles()), client.probe()]);
  await failed(client.membership({}, { totalMs: 200 }));
  expect(performance.now() - start).toBeLessThan(6500);
  expect(account.calls()).toBeLessThan(10);
}, 15_000);

it('a short-term limit holds all paid calls of a client together', async () => {
  const times: number[] = [];
  service.answer((request, response) => {
    times.push(performance.now());
    if (times.length > 1) return good(request, response);
    response.writeHead(429, { 'Retry-After': '1' }).end('{"error":"requests too quickly","status":429}');
  });
  const client = service.client({ retry: { retries: 2, baseMs: 1, maxMs: 2 } });
  const first = client.matte({ path: png });
  while (client.circuit.state().kind !== 'cooling') await new Promise((resolve) => setTimeout(resolve, 5));
  await Promise.all([first, client.matte({ path: png }), client.matte({ path: png })]);
  for (const time of times.slice(1)) expect(time - (times[0] ?? 0)).toBeGreaterThanOrEqual(990);
  expect(times).toHaveLength(4);
});

it('a state that another node kept is taken over without telling anybody', async () => {
  const one = connect();
  const other = connect();
  service.answer(badKey);
  await failed(one.client.matte({ path: png }));
  other.client.circuit.adopt(one.client.circuit.state());
  expect(await failed(other.client.matte({ path: png }))).toMatchObject({ code: 'remote.invalid-key' });
  expect(service.calls()).toBe(1);
  expect(other.changes).toEqual([]);
});

it('many calls on one long-lived signal leave no listener behind', async () => {
  service.answer(good);
  account.answer(json(500, {}));
  const { signal } = new AbortController();
  const added = jest.spyOn(signal, 'addEventListener');
  const removed = jest.spyOn(signal, 'removeEventListener');
  const client = service.client({ accountUrl: account.url });
  for (let call = 0; call < 50; call += 1) await client.matte({ path: png, signal });
  await failed(client.membership({}, { signal }));
  expect(added.mock.calls.length).toBeGreaterThan(50);
  expect(removed.mock.calls.length).toBe(added.mock.calls.length);
});
