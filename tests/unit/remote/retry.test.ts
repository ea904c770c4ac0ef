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
import { decideRetry } from '../../../server/src/engines/remote/retry';

const rule = { retries: 3, baseMs: 500, maxMs: 4000 };
const at = (random = 0.5, leftMs = 60_000) => ({ now: 1_000_000, leftMs, random: () => random });

describe('whether a failed call is tried again', () => {
  it('repeats only what passes and certainly cost nothing', () => {
    expect(decideRetry(new UnreachableError('x'), 1, rule, at())).toMatchObject({ again: true });
    expect(decideRetry(new ServerError('x'), 1, rule, at())).toMatchObject({ again: true });
    expect(decideRetry(new CorruptImageError('x'), 1, rule, at())).toMatchObject({ again: false });
    expect(decideRetry(new OutcomeUnknownError('x', { cost: 'unknown' }), 1, rule, at())).toMatchObject({
      again: false,
    });
    expect(decideRetry(new UnreachableError('x', { cost: 'unknown' }), 1, rule, at())).toMatchObject({ again: false });
    expect(decideRetry(new MonthlyLimitError('x'), 1, rule, at())).toMatchObject({ again: false });
  });

  it('gives up after the set number of tries', () => {
    expect(decideRetry(new UnreachableError('x'), 3, rule, at())).toMatchObject({ again: true });
    expect(decideRetry(new UnreachableError('x'), 4, rule, at())).toMatchObject({ again: false });
  });

  it('waits a random part of a span that doubles up to its bound', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.double({ min: 0, max: 1, noNaN: true }), (tried, random) => {
        const patient = { ...rule, retries: 100 };
        const decision = decideRetry(new UnreachableError('x'), tried, patient, at(random));
        const span = Math.min(4000, 500 * 2 ** (tried - 1));
        expect(decision).toEqual({ again: true, waitMs: random * span });
      }),
    );
  });

  it('never comes back before the time the service named, nor after the call is over', () => {
    const error = new RateLimitedError('x', { retryAt: 1_002_000 });
    expect(decideRetry(error, 1, rule, at(0))).toEqual({ again: true, waitMs: 2000 });
    expect(decideRetry(error, 1, rule, at(0, 2000))).toMatchObject({ again: false });
  });
});

describe('Retry-After', () => {
  const now = Date.UTC(2026, 0, 1);
  it.each([
    ['120', now + 120_000],
    ['0', now],
    ['Thu, 01 Jan 2026 00:01:00 GMT', now + 60_000],
    ['Wed, 31 Dec 2025 00:00:00 GMT', now],
    ['soon', null],
    [undefined, null],
  ])('%p is understood', (header, time) => {
    expect(retryTime(header, now)).toBe(time);
  });
});
