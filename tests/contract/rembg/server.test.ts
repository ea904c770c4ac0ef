import { rows } from '../../rembg-server/rows';
import { startRembgServer, type RembgServer } from '../../rembg-server/server';
import { picture } from './pictures';
import { describeServed, post as postTo, refused as refusedBy, type Sent, type Served, usage } from './served';

/** The emulator against the documents, by plain `fetch`: it must be right before anything is measured with it. */

let server: RembgServer;
let png: Buffer;

beforeAll(async () => {
  png = await picture();
});
beforeEach(async () => {
  server = await startRembgServer();
});
afterEach(() => server.stop());

const served = (): Served => ({
  rmbgUrl: `${server.apiUrl}/rmbg`,
  usageUrl: `${server.accountUrl}/api/membership-usage`,
  key: server.keys.premium,
  plan: { membership: 'Premium-20000', credits: 18500, prepaid: 2000 },
  synced: true,
  charged: async () => server.credits.charged(),
  withoutCredits: (work) => work(server.keys.empty),
  withRate: (requests, work) => work(server.accounts.addKey({ rate: { requests, windowMs: 60_000 } })),
});
const post = (sent: Sent = {}) => postTo(served(), { file: png, ...sent });
const refused = async (sent: Sent) => {
  const { status, body } = await refusedBy(served(), { file: png, ...sent });
  return { status, body };
};
const account = (query: string, key = server.keys.premium) => usage(served(), query, { 'x-api-key': key });

describeServed(served);

describe('limits of the emulator alone', () => {
  it('answers email-not-verified to a key of such an account', async () => {
    const { status, body } = await refused({ headers: { 'x-api-key': server.keys.unverified } });
    expect({ status, body }).toEqual({ status: 403, body: { error: rows['email-not-verified'].example, status: 403 } });
  });

  it('lets a key in again when its window has passed', async () => {
    const headers = { 'x-api-key': server.keys.limited };
    const statuses = [];
    for (let i = 0; i < 3; i += 1) statuses.push((await post({ headers })).response.status);
    expect(statuses).toEqual([200, 200, 429]);
    server.advance(1000);
    expect((await post({ headers })).response.status).toBe(200);
  });

  it('answers daily-limit to a caller without a key, until the next day', async () => {
    for (let i = 0; i < 5; i += 1) expect((await post({ headers: {} })).response.status).toBe(200);
    expect((await refused({ headers: {} })).body).toEqual({ error: rows['daily-limit'].example, status: 429 });
    server.advance(86_400_000);
    expect((await post({ headers: {} })).response.status).toBe(200);
  });
});

describe('credits', () => {
  it('come from the plan first, then from the prepaid ones, which count as no use of the plan', async () => {
    const key = server.accounts.addKey({ included: 2, prepaid: 1 });
    const headers = { 'x-api-key': key };
    for (let i = 0; i < 3; i += 1) expect((await post({ headers })).response.status).toBe(200);
    expect((await refused({ headers })).status).toBe(429);
    const { body } = await account('?expand=billing_cycle', key);
    expect(body).toMatchObject({ prepaidCredits: 0, api_usage: 2 });
    expect(body.billingCycle).toMatchObject({ apiUsage: 2, usedIncludedCredits: 2, remainingIncludedCredits: 0 });
  });

  it('return with the billing cycle when it is synced, and with the calendar month when not', async () => {
    const now = Date.now();
    const synced = server.accounts.addKey({ included: 1, prepaid: 0, periodDays: 3 });
    const calendar = server.accounts.addKey({ included: 1, prepaid: 0, synced: false });
    for (const key of [synced, calendar]) await post({ headers: { 'x-api-key': key } });
    server.advance(3 * 86_400_000);
    expect((await post({ headers: { 'x-api-key': synced } })).response.status).toBe(200);
    const nextMonth = Date.UTC(new Date(now).getUTCFullYear(), new Date(now).getUTCMonth() + 1);
    server.advance(nextMonth - now);
    expect((await post({ headers: { 'x-api-key': calendar } })).response.status).toBe(200);
  });

  it('are charged when the work is done though its answer is lost, and not when it was refused or cut before', async () => {
    const cost = async (arm: () => void) => {
      const before = server.credits.charged();
      arm();
      await post().catch(() => null);
      server.setFault(null);
      return server.credits.charged() - before;
    };
    expect(await cost(() => server.setFault({ kind: 'reset-after-body' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'truncated', ending: 'reset' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'server-error', status: 502, from: 'gateway' }))).toBe(1);
    expect(await cost(() => server.setFault({ kind: 'server-error', status: 500, from: 'service' }))).toBe(0);
    expect(await cost(() => server.setFault({ kind: 'reset-before-body' }))).toBe(0);
    expect(await cost(() => server.setFault({ kind: 'rate-limit' }))).toBe(0);
  });
});

describe('membership of the emulator', () => {
  it('answers the calendar month by default and the cycle only when asked', async () => {
    await post();
    server.accounts.useApp(server.keys.premium, 3);
    const plain = await account('');
    expect(plain.body).toEqual({
      membership: 'Premium-20000',
      credits: 18500,
      prepaidCredits: 2000,
      app_usage: 3,
      api_usage: 1,
    });
    for (const query of ['?expand=billing_cycle', '?includeBillingCycle=1', '?includeBillingCycle=true']) {
      const { body } = await account(query);
      expect(body.billingCycle).toMatchObject({
        appUsage: 3,
        apiUsage: 1,
        includedCredits: 18500,
        prepaidCredits: 2000,
        usedIncludedCredits: 4,
        remainingIncludedCredits: 18496,
        stripeBillingSynced: true,
      });
    }
  });

  it('falls back to the UTC month when billing is not synced', async () => {
    const { body } = await account('?expand=billing_cycle', server.keys.unsynced);
    const start = new Date(body.billingCycle.periodStartUnix * 1000).toISOString();
    expect(start).toMatch(/-01T00:00:00.000Z$/);
    expect(body.billingCycle.stripeBillingSynced).toBe(false);
  });

  it('lists cycles newest first, each ending where the next begins, and ignores every other parameter', async () => {
    const key = server.accounts.addKey({ periodDays: 10 });
    await post({ headers: { 'x-api-key': key } });
    server.advance(10 * 86_400_000);
    const { body } = await account('?listBillingCycles=1&year=1&periodStartUnix=5', key);
    expect(Object.keys(body)).toEqual(['billingCycles']);
    const [newest, oldest] = body.billingCycles;
    expect(body.billingCycles).toHaveLength(2);
    expect(oldest).toMatchObject({ apiUsage: 1, periodEndUnix: newest.periodStartUnix - 1 });
    expect(newest.apiUsage).toBe(0);
    const past = await account(`?periodStartUnix=${oldest.periodStartUnix}&expand=billing_cycle`, key);
    expect(past.body).toMatchObject({ api_usage: 1, billingCycle: { apiUsage: 1 } });
  });
});
