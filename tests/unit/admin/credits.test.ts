import { createIntl } from 'react-intl';
import {
  boundsOf,
  budgetSentences,
  budgetShare,
  daysUntil,
  driftSentence,
  forecastSentence,
  hasKey,
  noticesOf,
  toneOf,
  type Usage,
} from '../../../admin/src/pages/credits/figures';
import { english, type TextKey } from '../../../admin/src/translations';
import ta from '../../../admin/src/translations/ta.json';
import zhHans from '../../../admin/src/translations/zh-Hans.json';

const account: NonNullable<Usage['account']> = {
  plan: 'Premium-500',
  includedCredits: 500,
  prepaidCredits: 40,
  remainingIncludedCredits: 415,
  spendable: 455,
  appUsage: 85,
  apiUsage: 0,
  prepaidUsed: null,
  asOf: '2026-11-20T12:00:00.000Z',
  stale: false,
};
const stopped = { reason: { code: 'remote.daily-limit', message: 'Daily limit' }, until: '2026-11-21T00:00:00.000Z' };

describe('the notices above the figures', () => {
  it('are none while the account answers and nothing is stopped', () => {
    expect(noticesOf({ account, accountProblem: null, stopped: null })).toEqual([]);
  });

  it('say that no key is configured where there is neither an account nor a reason why it is silent', () => {
    const usage = { account: null, accountProblem: null, stopped: null };
    expect(hasKey(usage)).toBe(false);
    expect(noticesOf(usage)).toEqual([{ kind: 'no-key' }]);
  });

  it('name the stop before the silence, and each once', () => {
    const usage = { account: { ...account, stale: true }, accountProblem: 'connect ECONNREFUSED', stopped };
    expect(noticesOf(usage)).toEqual([
      { kind: 'stopped', ...stopped },
      { kind: 'stale', problem: 'connect ECONNREFUSED', asOf: account.asOf },
    ]);
  });

  it('tell of figures that have grown old without a failure, and of an account that never answered', () => {
    const old = { account: { ...account, stale: true }, accountProblem: null, stopped: null };
    expect(noticesOf(old)).toEqual([{ kind: 'stale', problem: null, asOf: account.asOf }]);
    const silent = { account: null, accountProblem: 'invalid api key', stopped: null };
    expect(hasKey(silent)).toBe(true);
    expect(noticesOf(silent)).toEqual([{ kind: 'stale', problem: 'invalid api key', asOf: null }]);
  });
});

describe('the billing cycle', () => {
  it('counts a begun day as a day, and none once the end has passed', () => {
    const now = Date.parse('2026-11-20T12:00:00Z');
    const ends = ['2026-12-20T12:00:00Z', '2026-11-21T12:00:01Z', '2026-11-20T12:00:01Z', '2026-11-20T12:00:00Z'];
    expect(ends.map((end) => daysUntil(end, now))).toEqual([30, 2, 1, 0]);
    expect(daysUntil('2026-11-01T00:00:00Z', now)).toBe(0);
  });

  it.each([
    ['the first moment of the next one', '2026-12-01T00:00:00.000Z'],
    ['the second before it', '2026-11-30T23:59:59.000Z'],
  ])('ends on its last day where its end is told as %s', (_what, endsAt) => {
    const days = boundsOf({ startsAt: '2026-11-01T00:00:00.000Z', endsAt }).map((at) => at.toISOString().slice(0, 10));
    expect(days).toEqual(['2026-11-01', '2026-11-30']);
  });
});

describe('the budget', () => {
  const budget: Usage['budget'] = { credits: 100, reserve: 0, atLimit: 'hold', spent: 30 };

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

it('the forecast tells a run-out, that the credits last, that nothing is spent, or that it is not known', () => {
  const runsOutAt = '2026-12-01T00:00:00.000Z';
  expect(
    [{ perDay: 9, runsOutAt }, { perDay: 9, runsOutAt: null }, { perDay: 0, runsOutAt: null }, null].map(
      forecastSentence,
    ),
  ).toEqual([
    'credits.forecast.runs-out',
    'credits.forecast.lasts',
    'credits.forecast.idle',
    'credits.forecast.not-known',
  ]);
});

it('the drift has a sentence for each direction', () => {
  expect([5, 0, -5, null].map(driftSentence)).toEqual([
    'credits.drift.more',
    'credits.drift.same',
    'credits.drift.less',
    'credits.drift.not-known',
  ]);
});

it.each([
  ['en', english, ['1 day left', '20 days left', '1 credit of the account is a reserve and never spent.']],
  ['zh-Hans', zhHans, ['剩余 1 天', '剩余 20 天', '账户中保留 1 个点数，不会动用。']],
  ['ta', ta, ['1 நாள் மீதம்', '20 நாட்கள் மீதம்', 'கணக்கில் 1 வரவு இருப்பாக வைக்கப்படுகிறது; அது செலவாகாது.']],
])('counted words follow the grammar of %s', (locale, messages: Record<string, string>, expected) => {
  const onError = (error: Error) => {
    throw error;
  };
  const { formatMessage } = createIntl({ locale, messages, onError });
  const say = (id: TextKey, values: Record<string, number>) => formatMessage({ id }, values);
  const said = [
    say('credits.cycle.days', { days: 1 }),
    say('credits.cycle.days', { days: 20 }),
    say('credits.budget.reserve', { reserve: 1 }),
  ];
  expect(said).toEqual(expected);
});
