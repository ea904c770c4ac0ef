import {
  billingCyclesSchema,
  membershipParams,
  membershipSchema,
  spendable,
} from '../../../server/src/engines/remote/membership';

/** The examples of the documents, as they stand there. */
const documented = {
  membership: 'Premium-20000',
  credits: 18500,
  prepaidCredits: 2000,
  app_usage: 8500,
  api_usage: 10000,
  billingCycle: {
    periodStartUnix: 1740441600,
    periodEndUnix: 1743033599,
    appUsage: 4200,
    apiUsage: 5100,
    includedCredits: 18500,
    prepaidCredits: 2000,
    usedIncludedCredits: 9300,
    remainingIncludedCredits: 9200,
    stripeBillingSynced: true,
  },
};

describe('a question to the account service', () => {
  it.each([
    [{}, ''],
    [{ year: 2026, month: 3 }, 'year=2026&month=3'],
    [{ expand: ['billing_cycle' as const] }, 'expand=billing_cycle'],
    [{ includeBillingCycle: true }, 'includeBillingCycle=1'],
    [{ includeBillingCycle: false }, ''],
    [
      { periodStartUnix: 1774268612, expand: ['billing_cycle' as const] },
      'periodStartUnix=1774268612&expand=billing_cycle',
    ],
    [{ listBillingCycles: true as const }, 'listBillingCycles=1'],
    [{ year: undefined, month: 3 }, 'month=3'],
  ])('%j is asked as %s', (query, expected) => {
    expect(membershipParams(query).toString()).toBe(expected);
  });

  it.each([
    [{ periodStartUnix: 5, year: 2026 }, ['year'], "Expected no 'year' together with 'periodStartUnix'."],
    [{ periodStartUnix: 5, month: 3 }, ['month'], "Expected no 'month' together with 'periodStartUnix'."],
    [{ listBillingCycles: true, month: 3 }, ['month'], "Expected no 'month' together with 'listBillingCycles'."],
    [{ month: 13 }, ['month'], "'month'"],
    [{ year: 0 }, ['year'], "'year'"],
    [{ periodStartUnix: 1.5 }, ['periodStartUnix'], "'periodStartUnix'"],
  ])('%j is refused before it is sent', (query, fields, words) => {
    let refused: unknown;
    try {
      membershipParams(query);
    } catch (error) {
      refused = error;
    }
    expect(refused).toMatchObject({ code: 'options.invalid', status: 400 });
    const { details = [], message } = refused as { details?: { field: string }[]; message: string };
    expect(details.map(({ field }) => field)).toEqual(fields);
    expect(message).toContain(words);
  });
});

describe('its answers', () => {
  it('are read as the documents show them, and fields unknown today are kept', () => {
    const richer = { ...documented, team: 'blue', billingCycle: { ...documented.billingCycle, seats: 3 } };
    expect(membershipSchema.parse(documented)).toEqual(documented);
    expect(membershipSchema.parse(richer)).toEqual(richer);
    const list = {
      billingCycles: [{ periodStartUnix: 1774268612, periodEndUnix: 1776947012, appUsage: 120, apiUsage: 880 }],
    };
    expect(billingCyclesSchema.parse(list)).toEqual(list);
  });

  it('are refused when a promised field is missing', () => {
    const { credits: _, ...poorer } = documented;
    expect(membershipSchema.safeParse(poorer).success).toBe(false);
  });

  it('tell what can be spent: what the cycle leaves, and the prepaid credits', () => {
    expect(spendable(documented)).toBe(11_200);
    const { billingCycle: _, ...month } = documented;
    expect(spendable(month)).toBe(2000);
    expect(spendable({ ...month, app_usage: 0, api_usage: 500 })).toBe(20_000);
  });
});
