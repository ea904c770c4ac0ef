import { admit, afterBalance, afterFailure, closed, refusal, settle } from '../../../server/src/engines/remote/circuit';
import {
  CorruptImageError,
  DailyLimitError,
  EmailNotVerifiedError,
  ForbiddenError,
  InvalidKeyError,
  MonthlyLimitError,
  OutcomeUnknownError,
  RateLimitedError,
  type RemoteError,
} from '../../../server/src/engines/remote/errors';

const now = Date.UTC(2026, 10, 20, 13, 30);
const context = { now, keyPrint: 'a' };

const after = (error: RemoteError, more: object = {}) => afterFailure(closed, error, { ...context, ...more });

describe('the circuit of remote work', () => {
  it.each([InvalidKeyError, EmailNotVerifiedError, ForbiddenError])('opens for a refused key until it changes', (E) => {
    const state = after(new E('refused'));
    expect(state).toMatchObject({ kind: 'open', until: null, since: now });
    expect(admit(state, { ...context, now: now + 1e12 })).toMatchObject({ go: false });
    expect(admit(state, { now, keyPrint: 'b' })).toEqual({ go: true, waitMs: 0 });
  });

  it('opens for the daily limit until the next UTC day, and for the monthly one until the next UTC month', () => {
    expect(after(new DailyLimitError('x'))).toMatchObject({ until: Date.UTC(2026, 10, 21) });
    expect(after(new MonthlyLimitError('x'))).toMatchObject({ until: Date.UTC(2026, 11, 1) });
    const december = Date.UTC(2026, 11, 31, 23);
    expect(after(new MonthlyLimitError('x'), { now: december })).toMatchObject({ until: Date.UTC(2027, 0, 1) });
  });

  it('prefers what the service or the billing cycle says, unless that is past', () => {
    const retryAt = now + 5000;
    expect(after(new DailyLimitError('x', { retryAt }))).toMatchObject({ until: retryAt });
    expect(after(new MonthlyLimitError('x'), { renewsAt: now + 7000 })).toMatchObject({ until: now + 7000 });
    expect(after(new MonthlyLimitError('x'), { renewsAt: now - 1 })).toMatchObject({ until: Date.UTC(2026, 11, 1) });
  });

  it('closes by itself when its time has come', () => {
    const state = after(new DailyLimitError('x', { retryAt: now + 10 }));
    expect(settle(state, { ...context, now: now + 9 })).toBe(state);
    expect(settle(state, { ...context, now: now + 10 })).toBe(closed);
  });

  it('only cools down for a pause that the service asked for, the longest of several', () => {
    const first = after(new RateLimitedError('x', { retryAt: now + 3000 }));
    expect(admit(first, context)).toEqual({ go: true, waitMs: 3000 });
    const second = afterFailure(first, new RateLimitedError('x', { retryAt: now + 1000 }), context);
    expect(admit(second, context)).toEqual({ go: true, waitMs: 3000 });
    expect(after(new RateLimitedError('x'))).toBe(closed);
  });

  it('is not touched by what concerns one picture or one connection', () => {
    expect(after(new CorruptImageError('x'))).toBe(closed);
    expect(after(new OutcomeUnknownError('x'))).toBe(closed);
  });

  it('stays open when a pause comes on top', () => {
    const open = after(new InvalidKeyError('x'));
    expect(afterFailure(open, new RateLimitedError('x', { retryAt: now + 1000 }), context)).toBe(open);
  });

  it('closes when credits turn up, if it was for want of them', () => {
    const broke = after(new MonthlyLimitError('x'));
    expect(afterBalance(broke, 0)).toBe(broke);
    expect(afterBalance(broke, 1)).toBe(closed);
    const refused = after(new InvalidKeyError('x'));
    expect(afterBalance(refused, 100)).toBe(refused);
  });

  it('refuses with the error that opened it, and says until when', () => {
    const state = after(new MonthlyLimitError('no credits'), { renewsAt: now + 1000 });
    if (state.kind !== 'open') throw new Error('expected an open circuit');
    const error = refusal(state);
    expect(error).toBeInstanceOf(MonthlyLimitError);
    expect(error).toMatchObject({ code: 'remote.monthly-limit', retryAt: now + 1000, waits: true, cost: 'free' });
    expect(error.message).toBe('no credits (Not sent: remote work is stopped until 2026-11-20T13:30:01.000Z.)');
  });
});
