import { createIntl } from 'react-intl';
import { type Group, seriesOf } from '../../../admin/src/pages/credits/chart/series';
import {
  alertSentence,
  boundsOf,
  budgetSentences,
  budgetShare,
  driftSentence,
  noticesOf,
  syncOf,
  toneOf,
  unreadTitle,
  type Usage,
  useOf,
} from '../../../admin/src/pages/credits/figures';
import { daysBetween, headlineOf } from '../../../admin/src/pages/credits/headline';
import { monthsUntil, periodIn } from '../../../admin/src/pages/credits/usePeriod';
import { english, type TextKey } from '../../../admin/src/translations/words';
import ta from '../../../admin/src/translations/ta.json';
import zhHans from '../../../admin/src/translations/zh-Hans.json';

// Strapi's own modules do not run here; the period's plain functions need none of them.
jest.mock('@strapi/strapi/admin', () => ({}));

const account: NonNullable<Usage['account']> = {
  plan: 'Premium-500',
  includedCredits: 500,
  prepaidCredits: 40,
  remainingIncludedCredits: 415,
  spendable: 455,
  appUsage: 85,
  apiUsage: 0,
  synced: true,
  prepaidUsed: null,
  asOf: '2026-11-20T12:00:00.000Z',
  stale: false,
};
const cycle = {
  startsAt: '2026-11-06T00:00:00.000Z',
  endsAt: '2026-12-06T00:00:00.000Z',
  synced: true,
  projected: false,
};
const usage: Usage = {
  now: '2026-11-20T12:00:00.000Z',
  configured: true,
  cycle,
  period: { startsAt: cycle.startsAt, endsAt: cycle.endsAt, kind: 'cycle', isCurrent: true },
  ledger: { charged: 0, unknown: 0, reserved: 0, held: 0 },
  savings: { local: 0, storedMatte: 0 },
  days: [],
  keptSince: '2025-10-20T00:00:00.000Z',
  budget: { credits: null, reserve: 0, atLimit: 'hold', spent: 0, alerted: null, runsOutAt: null },
  account,
  periodUse: null,
  accountProblem: null,
  cycles: [],
  forecast: { perDay: 6, runsOutAt: null },
  drift: null,
  driftAgrees: false,
  stopped: null,
  waiting: [],
  unknownCalls: 0,
};
const stopped = { reason: { code: 'remote.daily-limit', message: 'Daily limit' }, until: '2026-11-21T00:00:00.000Z' };
const silent = { code: 'remote.timeout', message: 'no answer' };

describe('the sentence on top', () => {
  const head = (change: Partial<Usage>, isAsking = false) => headlineOf({ ...usage, ...change }, isAsking);
  const refused = (code: string) => ({ reason: { code, message: '' }, until: null });

  it('says until when the credits last, and how long before the renewal that is', () => {
    const forecast = { perDay: 60, runsOutAt: '2026-11-27T16:00:00.000Z' };
    expect(head({ forecast })).toEqual({
      ...{ key: 'credits.head.runs-out', tone: 'warning', day: forecast.runsOutAt },
      values: { days: 9 },
    });
    expect(daysBetween('2026-12-06T01:00:00.000Z', '2026-12-06T10:00:00.000Z')).toBe(0);
  });

  it('names the budget where that ends first', () => {
    const budget = { ...usage.budget, credits: 100, spent: 90, runsOutAt: '2026-11-22T00:00:00.000Z' };
    const forecast = { perDay: 60, runsOutAt: '2026-11-27T16:00:00.000Z' };
    expect(head({ budget, forecast })).toMatchObject({ key: 'credits.head.budget-runs-out', values: { days: 14 } });
    expect(head({ budget: { ...budget, spent: 100 } }).key).toBe('credits.head.budget-used.hold');
  });

  it('says that they last, that nothing goes, or what is left where no rate is known', () => {
    const keys = [usage.forecast, { perDay: 0, runsOutAt: null }, null].map((forecast) => head({ forecast }).key);
    expect(keys).toEqual(['credits.head.lasts', 'credits.head.idle', 'credits.head.left']);
  });

  it('says what has run out: the credits, or all but the reserve', () => {
    expect(head({ account: { ...account, spendable: 0 } }).key).toBe('credits.head.none-left');
    const budget = { ...usage.budget, reserve: 20 };
    expect(head({ budget, account: { ...account, spendable: 20 } }).key).toBe('credits.head.reserve');
  });

  it('tells each state of the account apart', () => {
    expect(head({ configured: false }).key).toBe('credits.head.no-key');
    expect(head({ stopped: refused('remote.invalid-key') }).key).toBe('credits.head.wrong-key');
    expect(head({ accountProblem: { code: 'remote.email-not-verified', message: '' } }).key).toBe(
      'credits.head.not-verified',
    );
    expect(head({ account: null, accountProblem: silent }).key).toBe('credits.head.unread');
    expect(head({ account: null }, true).key).toBe('credits.head.asking');
  });
});

describe('the notices above the figures', () => {
  it('are none while the account answers and nothing is stopped', () => {
    expect(noticesOf(usage)).toEqual([]);
  });

  it('say that no key is configured', () => {
    expect(noticesOf({ ...usage, configured: false, account: null })).toEqual([{ kind: 'no-key' }]);
  });

  it('name the stop before the silence, and the same refusal once', () => {
    const both = { ...usage, account: { ...account, stale: true }, accountProblem: silent, stopped };
    expect(noticesOf(both)).toEqual([
      { kind: 'stopped', ...stopped },
      { kind: 'unread', problem: silent, asOf: account.asOf },
    ]);
    expect(noticesOf({ ...both, accountProblem: stopped.reason })).toEqual([{ kind: 'stopped', ...stopped }]);
  });

  it('tell of figures that have grown old without a failure, and of an account that never answered', () => {
    expect(noticesOf({ ...usage, account: { ...account, stale: true } })).toEqual([
      { kind: 'old', asOf: account.asOf },
    ]);
    expect(noticesOf({ ...usage, account: null, accountProblem: silent })).toEqual([
      { kind: 'unread', problem: silent, asOf: null },
    ]);
  });

  it('tell an account that is offline from a silent one and from one that refuses', () => {
    const titles = ['remote.unreachable', 'remote.timeout', 'remote.invalid-key'].map((code) =>
      unreadTitle({ code, message: '' }),
    );
    expect(titles).toEqual(['credits.unread.offline', 'credits.unread.silent', 'credits.unread.title']);
  });
});

describe('the period', () => {
  it('is read from the address, in the words of the account, and nothing else is taken', () => {
    expect(periodIn({ periodStartUnix: '1774268612' })).toBe('periodStartUnix=1774268612');
    expect(periodIn({ year: '2026', month: '2' })).toBe('year=2026&month=2');
    for (const wrong of [{}, { periodStartUnix: 'x' }, { year: '2026' }, { year: '2026', month: '13' }]) {
      expect(periodIn(wrong)).toBe('');
    }
  });

  it('may be any of the last months in UTC, over the turn of a year', () => {
    expect(monthsUntil('2026-01-31T23:59:59.000Z', 3).map(({ period }) => period)).toEqual([
      'year=2026&month=1',
      'year=2025&month=12',
      'year=2025&month=11',
    ]);
  });

  it.each([
    ['the first moment of the next one', '2026-12-01T00:00:00.000Z'],
    ['the second before it', '2026-11-30T23:59:59.000Z'],
  ])('ends on its last day where its end is told as %s', (_what, endsAt) => {
    const days = boundsOf({ startsAt: '2026-11-01T00:00:00.000Z', endsAt }).map((at) => at.toISOString().slice(0, 10));
    expect(days).toEqual(['2026-11-01', '2026-11-30']);
  });

  it('has the use that the account tells of it', () => {
    expect(useOf(usage)).toEqual({ app: 85, api: 0, included: 500, prepaidUsed: null });
    const past = { ...usage, period: { ...usage.period, isCurrent: false } };
    expect(useOf(past)).toBeNull();
    const periodUse = { appUsage: 1, apiUsage: 2, includedCredits: null, synced: false };
    expect(useOf({ ...past, periodUse })).toEqual({ app: 1, api: 2, included: null, prepaidUsed: null });
  });

  it('is said not to be synced where a month stands in for it, or it was carried forward', () => {
    expect(syncOf(usage)).toBeNull();
    expect(syncOf({ ...usage, account: { ...account, synced: false } })).toBe('credits.unsynced.month');
    expect(syncOf({ ...usage, cycle: { ...cycle, projected: true } })).toBe('credits.unsynced.projected');
  });
});

describe('the chart', () => {
  const counts: Usage['days'] = [
    { day: '2026-11-06', made: 'remote', source: 'upload', pictures: 2, credits: 2 },
    { day: '2026-11-08', made: 'local', source: 'upload', pictures: 3, credits: 0 },
    { day: '2026-11-08', made: 'remote', source: 'bulk', pictures: 4, credits: 4 },
  ];
  const span = {
    startsAt: '2026-11-06T10:00:00.000Z',
    endsAt: '2026-12-06T10:00:00.000Z',
    now: '2026-11-08T00:00:00.000Z',
  };

  it('has every day up to now, those without a picture too, and a bar for each engine that made any', () => {
    const { days, groups, credits } = seriesOf(counts, 'engine', span);
    expect(days).toEqual(['2026-11-06', '2026-11-07', '2026-11-08']);
    expect(groups).toEqual([
      { group: 'remote' satisfies Group, pictures: [2, 0, 4] },
      { group: 'local' satisfies Group, pictures: [0, 0, 3] },
    ]);
    expect(credits).toEqual([2, 0, 4]);
  });

  it('shows the same by what asked for it', () => {
    const { groups } = seriesOf(counts, 'source', { ...span, now: '2027-01-01T00:00:00.000Z' });
    expect(groups.map(({ group, pictures }) => [group, pictures.length, pictures[2]])).toEqual([
      ['upload', 31, 3],
      ['bulk', 31, 4],
    ]);
  });
});

describe('the budget', () => {
  const budget: Usage['budget'] = {
    credits: 100,
    reserve: 0,
    atLimit: 'hold',
    spent: 30,
    alerted: null,
    runsOutAt: null,
  };

  it('fills the bar by its share, and no further than full', () => {
    expect([0, 30, 100, 140].map((spent) => budgetShare({ credits: 100, spent }))).toEqual([0, 0.3, 1, 1]);
  });

  it('has no bar without a limit, and a full one where nothing may be spent', () => {
    expect(budgetShare({ credits: null, spent: 3 })).toBeNull();
    expect(budgetShare({ credits: 0, spent: 0 })).toBe(1);
  });

  it('warns at 80 % and alarms at 100 %', () => {
    expect([0.79, 0.8, 0.99, 1].map(toneOf)).toEqual(['primary', 'warning', 'warning', 'danger']);
  });

  it('tells which alert went out, where there is a budget', () => {
    expect([null, 80].map((alerted) => alertSentence({ credits: 100, alerted }))).toEqual([
      'credits.budget.no-alert',
      'credits.budget.alerted',
    ]);
    expect(alertSentence({ credits: null, alerted: null })).toBeNull();
  });

  it('says what happens at the limit only where there is one: a budget or a reserve', () => {
    expect(budgetSentences(budget)).toEqual(['credits.budget.no-reserve', 'credits.budget.at-limit.hold']);
    expect(budgetSentences({ ...budget, credits: null })).toEqual(['credits.budget.none', 'credits.budget.no-reserve']);
    expect(budgetSentences({ ...budget, credits: null, reserve: 20, atLimit: 'local' })).toEqual([
      'credits.budget.none',
      'credits.budget.reserve',
      'credits.budget.at-limit.local',
    ]);
  });
});

it('the drift counts when two readings agree, and has a sentence for each direction', () => {
  const said = [5, 0, -5, null].map((drift) => driftSentence({ drift, driftAgrees: true }));
  expect(said).toEqual(['credits.drift.more', 'credits.drift.same', 'credits.drift.less', 'credits.drift.not-known']);
  expect(driftSentence({ drift: 5, driftAgrees: false })).toBe('credits.drift.once');
});

it.each([
  [
    'en',
    english,
    ['Enough until 27 Nov, 1 day before renewal', 'Enough until 27 Nov, 9 days before renewal', '1 image: why'],
  ],
  ['zh-Hans', zhHans, ['够用到 27 Nov，距续期还有 1 天', '够用到 27 Nov，距续期还有 9 天', '1 张图片：why']],
  [
    'ta',
    ta,
    ['27 Nov வரை போதும்; புதுப்பிப்புக்கு 1 நாள் முன்', '27 Nov வரை போதும்; புதுப்பிப்புக்கு 9 நாட்கள் முன்', '1 படம்: why'],
  ],
])('counted words follow the grammar of %s', (locale, messages: Record<string, string>, expected) => {
  const onError = (error: Error) => {
    throw error;
  };
  const { formatMessage } = createIntl({ locale, messages, onError });
  const say = (id: TextKey, values: Record<string, number | string>) => formatMessage({ id }, values);
  const said = [
    say('credits.head.runs-out', { when: '27 Nov', days: 1 }),
    say('credits.head.runs-out', { when: '27 Nov', days: 9 }),
    say('credits.waiting.for', { count: 1, reason: 'why' }),
  ];
  expect(said).toEqual(expected);
});
