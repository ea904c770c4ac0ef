import fc from 'fast-check';
import {
  CorruptImageError,
  MonthlyLimitError,
  OutcomeUnknownError,
  RateLimitedError,
  ServerError,
  UnreachableError,
} from '../../../server/src/engines/remote/errors';
import { retryTime } from '../../../server/src/engines/remote/answer-errors';
import { callAgain } from '../../../server/src/engines/remote/retry';

const rule = { retries: 3, baseMs: 500, maxMs: 4000 };
const at = (random = 0.5, leftMs = 60_000, more: object = {}) => ({
  now: 1_000_000,
  leftMs,
  random: () => random,
  paid: true,
  serverErrors: 0,
  ...more,
});

describe('whether a failed call is tried again', () => {
  it('repeats only what passes and certainly cost nothing', () => {
    expect(callAgain(new UnreachableError('x'), 1, rule, at())).toMatchObject({ again: true });
    expect(callAgain(new ServerError('x'), 1, rule, at())).toMatchObject({ again: true });
    expect(callAgain(new CorruptImageError('x'), 1, rule, at())).toMatchObject({ again: false });
    expect(callAgain(new OutcomeUnknownError('x', { cost: 'unknown' }), 1, rule, at())).toMatchObject({
      again: false,
    });
    expect(callAgain(new UnreachableError('x', { cost: 'unknown' }), 1, rule, at())).toMatchObject({ again: false });
    expect(callAgain(new MonthlyLimitError('x'), 1, rule, at())).toMatchObject({ again: false });
  });

  it('gives up after the set number of tries', () => {
    expect(callAgain(new UnreachableError('x'), 3, rule, at())).toMatchObject({ again: true });
    expect(callAgain(new UnreachableError('x'), 4, rule, at())).toMatchObject({ again: false });
  });

  it('waits a random part of a span that doubles up to its bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (tried, random) => {
        const patient = { ...rule, retries: 100 };
        const decision = callAgain(new UnreachableError('x'), tried, patient, at(random));
        const span = Math.min(4000, 500 * 2 ** (tried - 1));
        expect(decision).toEqual({ again: true, waitMs: random * span });
      }),
    );
  });

  it('never comes back before the time the service named, nor after the call is over', () => {
    const error = new RateLimitedError('x', { retryAt: 1_002_000 });
    expect(callAgain(error, 1, rule, at(0))).toEqual({ again: true, waitMs: 2000 });
    expect(callAgain(error, 1, rule, at(0, 2000))).toMatchObject({ again: false });
  });

  it('leaves a pause that the service wants long to the job', () => {
    const error = new RateLimitedError('x', { retryAt: 1_000_000 + 31_000 });
    expect(callAgain(error, 1, rule, at(0))).toMatchObject({ again: false });
  });

  it('repeats a failure of the service once where it could cost, and as often as set where it cannot', () => {
    const error = new ServerError('x');
    expect(callAgain(error, 1, rule, at(0, 60_000, { serverErrors: 1 }))).toMatchObject({ again: true });
    expect(callAgain(error, 2, rule, at(0, 60_000, { serverErrors: 2 }))).toMatchObject({ again: false });
    expect(callAgain(error, 2, rule, at(0, 60_000, { serverErrors: 2, paid: false }))).toMatchObject({ again: true });
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['120', now + 120_000],
    ['0', now],
    ['Thu, 01 Jan 2026 00:01:00 GMT', now + 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', now],
    ['Thursday, 01-Jan-26 00:01:00 GMT', now + 60_000],
    ['Thu Jan  1 00:01:00 2026', now + 60_000],
    ['soon', null],
    ['rubbish 1', null],
    ['-5', null],
    ['1.5', null],
    ['', null],
    ['9'.repeat(400), now + 86_400_000],
    ['Fri, 01 Jan 2100 00:00:00 GMT', now + 86_400_000],
    [undefined, null],
  ])('%p is understood', (header, time) => {
    expect(retryTime(header, now)).toBe(time);
  });

  it('as a date is read by the clock of the service that wrote it', () => {
    const date = 'Thu, 01 Jan 2026 00:05:00 GMT';
    expect(retryTime('Thu, 01 Jan 2026 00:05:30 GMT', now, date)).toBe(now + 30_000);
  });
});
