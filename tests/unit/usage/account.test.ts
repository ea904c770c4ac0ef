import { createAccount } from '../../../server/src/usage/account';
import { figuresOf } from '../../../server/src/usage/account-view';
import { InvalidKeyError } from '../../../server/src/engines/remote/errors';
import type { Membership } from '../../../server/src/engines/remote/membership';

const at = (iso: string) => Date.parse(iso);
const cycle = {
  periodStartUnix: at('2026-11-10T08:00:00Z') / 1000,
  periodEndUnix: at('2026-12-10T08:00:00Z') / 1000,
  appUsage: 20,
  apiUsage: 80,
  includedCredits: 500,
  prepaidCredits: 7,
  usedIncludedCredits: 100,
  remainingIncludedCredits: 400,
  stripeBillingSynced: true,
};
const membership: Membership = {
  membership: 'Premium-500',
  credits: 500,
  prepaidCredits: 9,
  app_usage: 30,
  api_usage: 120,
  billingCycle: cycle,
};

describe('the figures of an answer', () => {
  test('are the cycle’s where the account is synced', () => {
    expect(figuresOf(membership, at('2026-11-20'))).toMatchObject({
      ...{ startsAt: at('2026-11-10T08:00:00Z'), endsAt: at('2026-12-10T08:00:00Z'), synced: true },
      ...{ app: 20, api: 80, remaining: 400, prepaid: 7 },
    });
  });

  test('are the calendar month’s where it is not, also when the cycle says something else', () => {
    const billingCycle = { ...cycle, stripeBillingSynced: false };
    expect(figuresOf({ ...membership, billingCycle }, at('2026-11-20'))).toMatchObject({
      ...{ startsAt: at('2026-11-01'), endsAt: at('2026-12-01'), synced: false },
      ...{ app: 30, api: 120, remaining: 350, prepaid: 9 },
    });
  });

  test('are of the month that the account’s clock is in, should that be another one than ours', () => {
    const [start, end] = [at('2026-10-01') / 1000, at('2026-11-01') / 1000 - 1];
    const billingCycle = { ...cycle, stripeBillingSynced: false, periodStartUnix: start, periodEndUnix: end };
    const figures = figuresOf({ ...membership, billingCycle }, at('2026-11-01T00:03:00Z'));
    expect(figures).toMatchObject({ startsAt: at('2026-10-01'), endsAt: at('2026-11-01') });
  });

  test('end at the renewal also when the answer names the second before it', () => {
    const billingCycle = { ...cycle, periodEndUnix: at('2026-12-10T07:59:59Z') / 1000 };
    expect(figuresOf({ ...membership, billingCycle }, 0).endsAt).toBe(at('2026-12-10T08:00:00Z'));
  });
});

describe('asking the account', () => {
  let time = 1_000_000;
  let asked = 0;
  const told: number[] = [];
  const accountOf = (answer: () => Promise<Membership>) => {
    [time, asked] = [1_000_000, 0];
    told.length = 0;
    const question = () => {
      asked += 1;
      return answer();
    };
    const client = { membership: question, billingCycles: () => Promise.resolve([]) };
    const onAnswer = (_figures: unknown, askedAt: number) => Promise.resolve(void told.push(askedAt));
    return createAccount({ client, onAnswer, now: () => time });
  };

  test('is done once for all who want to know, and once a minute', async () => {
    const account = accountOf(async () => {
      time += 700;
      return membership;
    });
    const views = await Promise.all([account.view(), account.view(), account.view()]);
    expect(asked).toBe(1);
    // The balance is of the moment it was asked for; what was spent since counts against it.
    expect(views.map((view) => view?.at)).toEqual([1_000_000, 1_000_000, 1_000_000]);
    expect(told).toEqual([1_000_000]);
    time = 1_000_000 + 59_999;
    await account.view();
    expect(asked).toBe(1);
    time += 1;
    await account.view();
    expect(asked).toBe(2);
  });

  test('is done anew when the clock has gone back behind the last answer', async () => {
    const account = accountOf(() => Promise.resolve(membership));
    await account.view();
    time -= 3_600_000;
    expect(await account.view()).toMatchObject({ at: 1_000_000 - 3_600_000, stale: false });
    expect(asked).toBe(2);
  });

  test('a failure is an answer too: nobody asks again before its time, and the last figures stay', async () => {
    let works = true;
    const account = accountOf(() =>
      works ? Promise.resolve(membership) : Promise.reject(new InvalidKeyError('invalid api key')),
    );
    await account.view();
    works = false;
    time += 60_000;
    expect(await account.view()).toMatchObject({ at: 1_000_000, stale: true });
    await Promise.all([account.view(), account.view()]);
    expect(asked).toBe(2);
    expect(account.problem()).toEqual({ code: 'remote.invalid-key', message: 'invalid api key' });
    expect((await account.view(0))?.stale).toBe(true);
    expect(asked).toBe(3);
  });

  test('a silent host is given up after four seconds, although the client waits on', async () => {
    jest.useFakeTimers();
    try {
      const account = accountOf(() => new Promise(() => undefined));
      const view = account.view();
      await jest.advanceTimersByTimeAsync(4_000);
      expect(await view).toBeNull();
      expect(account.problem()).toMatchObject({ code: 'remote.timeout' });
      expect(await account.view()).toBeNull();
      expect(asked).toBe(1);
    } finally {
      jest.useRealTimers();
    }
  });
});
