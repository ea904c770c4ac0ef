import {
  admit,
  afterBalance,
  afterFailure,
  afterProbe,
  afterSuccess,
  circuitStateSchema,
  closed,
  newer,
  readCircuitState,
  refusal,
  settle,
  type CircuitState,
} from '../../../server/src/engines/remote/circuit';
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
const MINUTE = 60_000;
const context = { now, keyPrint: 'a' };
const go = { go: true, waitMs: 0, probe: false };
const alone = { go: true, waitMs: 0, probe: true };

const after = (error: RemoteError, more: object = {}) => afterFailure(closed, error, { ...context, ...more });

/** Minutes of each pause when a stop opens again as soon as it may, so many times. */
function pauses(error: RemoteError, times: number, more: object = {}): number[] {
  let state: CircuitState = closed;
  let time = now;
  return Array.from({ length: times }, () => {
    state = afterFailure(state, error, { ...context, ...more, now: time });
    if (state.kind !== 'open') throw new Error('expected an open circuit');
    const pause = state.until - time;
    time = state.until;
    return pause / MINUTE;
  });
}

describe('a stop because of the key', () => {
  it.each([InvalidKeyError, EmailNotVerifiedError, ForbiddenError])('lets one call look again after a minute', (E) => {
    const state = after(new E('refused'));
    expect(state).toMatchObject({ kind: 'open', until: now + MINUTE, since: now, failures: 0 });
    expect(admit(state, context)).toMatchObject({ go: false });
    expect(admit(state, { ...context, now: now + MINUTE })).toEqual(alone);
    expect(admit(state, { now, keyPrint: 'b' })).toEqual(go);
  });

  it('doubles its pause each time it opens again, up to six hours', () => {
    expect(pauses(new InvalidKeyError('x'), 11)).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 360, 360]);
  });

  it('ends with a good free answer, and pauses longer when that was wrong', () => {
    const second = afterFailure(after(new InvalidKeyError('x')), new InvalidKeyError('x'), {
      ...context,
      now: now + MINUTE,
    });
    const lifted = afterProbe(second, { askedAt: now + 2 * MINUTE, now: now + 2 * MINUTE });
    expect(admit(lifted, context)).toEqual(go);
    const third = afterFailure(lifted, new InvalidKeyError('x'), { ...context, now: now + 3 * MINUTE });
    expect(third).toMatchObject({ failures: 2, until: now + 7 * MINUTE });
  });

  it('is not ended by an answer that was asked for before it began', () => {
    const state = after(new InvalidKeyError('x'));
    expect(afterProbe(state, { askedAt: now - 1, now: now + 5 })).toBe(state);
  });
});

describe('a stop because of a limit', () => {
  it('lasts until the next UTC day when it is the daily one, and looks soon when that was too early', () => {
    const midnight = Date.UTC(2026, 10, 21);
    const first = after(new DailyLimitError('x'));
    expect(first).toMatchObject({ until: midnight });
    const second = afterFailure(first, new DailyLimitError('x'), { ...context, now: midnight });
    expect(second).toMatchObject({ failures: 1, until: midnight + 2 * MINUTE });
  });

  it('lasts until the renewal that the account told, when that lies ahead', () => {
    const retryAt = now + 5000;
    expect(after(new DailyLimitError('x', { retryAt }))).toMatchObject({ until: retryAt });
    expect(after(new MonthlyLimitError('x'), { renewsAt: now + 7000 })).toMatchObject({ until: now + 7000 });
  });

  it.each([null, now - 1, undefined])(
    'looks again soon when the renewal is %p, never at the first of a month',
    (at) => {
      expect(pauses(new MonthlyLimitError('x'), 9, { renewsAt: at })).toEqual([2, 2, 2, 4, 8, 16, 30, 30, 30]);
    },
  );

  it('goes on within 5 minutes of a turn that the image service notices 2 minutes late', () => {
    const turn = now + 20 * 24 * 60 * MINUTE;
    let state = after(new MonthlyLimitError('x'), { renewsAt: turn });
    let time = turn;
    while (time < turn + 2 * MINUTE + 1) {
      expect(admit(state, { ...context, now: time })).toEqual(alone);
      // The account still tells the old cycle's end.
      state = afterFailure(state, new MonthlyLimitError('x'), { ...context, now: time, renewsAt: turn });
      time = state.kind === 'open' ? state.until : NaN;
    }
    expect(time).toBeLessThanOrEqual(turn + 5 * MINUTE);
  });

  it('ends when credits turn up, if it was for want of them and the answer is newer', () => {
    const broke = after(new MonthlyLimitError('x'));
    const fresh = { askedAt: now + 1, now: now + 2 };
    expect(afterBalance(broke, 0, fresh)).toBe(broke);
    expect(afterBalance(broke, 1, { askedAt: now - 1, now: now + 2 })).toBe(broke);
    expect(afterBalance(broke, 1, fresh)).toMatchObject({ kind: 'closed' });
    const refused = after(new InvalidKeyError('x'));
    expect(afterBalance(refused, 100, fresh)).toBe(refused);
  });

  it('lets one picture look whether a day has turned when a probe says so', () => {
    const state = afterProbe(after(new DailyLimitError('x')), { askedAt: now + 1, now: now + 1 });
    expect(admit(state, { ...context, now: now + 1 })).toEqual(alone);
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

describe('a stop of any kind', () => {
  it('does not end by time alone, but with a picture', () => {
    const state = after(new DailyLimitError('x', { retryAt: now + 10 }));
    expect(settle(state, { ...context, now: now + 1000 })).toBe(state);
    expect(afterSuccess(state, { ...context, now: now + 20, askedAt: now + 11 })).toEqual({
      kind: 'closed',
      since: now + 20,
    });
  });

  it('ends when it began an hour ahead: the clock has gone back since', () => {
    const open = after(new MonthlyLimitError('x', { retryAt: now + 1000 }));
    const back = { ...context, now: now - 3_600_000 };
    expect(settle(open, back)).toBe(closed);
    expect(admit(open, back)).toMatchObject({ go: true, probe: false });
    expect(settle(open, { ...context, now: now - 1000 })).toBe(open);
  });

  it('is not moved by calls that were under way when it began', () => {
    const state = after(new InvalidKeyError('x'));
    const late = { ...context, now: now + 50, askedAt: now - 10 };
    expect(afterFailure(state, new InvalidKeyError('x'), late)).toBe(state);
    expect(afterSuccess(state, late)).toBe(state);
  });

  it('is not begun by what concerns one picture or one connection', () => {
    expect(after(new CorruptImageError('x'))).toBe(closed);
    expect(after(new OutcomeUnknownError('x'))).toBe(closed);
  });

  it('stays when a pause comes on top', () => {
    const open = after(new InvalidKeyError('x'));
    expect(afterFailure(open, new RateLimitedError('x', { retryAt: now + 1000 }), context)).toEqual(open);
  });
});

describe('a pause that the service asked for', () => {
  it('is shared, the longest of several', () => {
    const first = after(new RateLimitedError('x', { retryAt: now + 3000 }));
    expect(admit(first, context)).toEqual({ ...go, waitMs: 3000 });
    const second = afterFailure(first, new RateLimitedError('x', { retryAt: now + 1000 }), context);
    expect(admit(second, context)).toEqual({ ...go, waitMs: 3000 });
  });

  it('grows when none was named, once for all calls that met it together', () => {
    const rule = { baseMs: 100, maxMs: 300 };
    const first = after(new RateLimitedError('x'), { rule });
    expect(first).toMatchObject({ kind: 'cooling', until: now + 100, failures: 0 });
    const together = { ...context, rule, now: now + 5, askedAt: now - 5 };
    expect(afterFailure(first, new RateLimitedError('x'), together)).toBe(first);
    const later = { ...context, rule, now: now + 100 };
    expect(afterFailure(first, new RateLimitedError('x'), later)).toMatchObject({ until: now + 300, failures: 1 });
  });

  it('is believed for an hour at most', () => {
    const state = after(new RateLimitedError('x', { retryAt: now + 1e12 }));
    expect(state).toMatchObject({ until: now + 60 * MINUTE });
  });
});

describe('a kept state', () => {
  it('is plain JSON', () => {
    for (const state of [closed, after(new InvalidKeyError('x')), after(new RateLimitedError('x'))]) {
      expect(circuitStateSchema.parse(JSON.parse(JSON.stringify(state)))).toEqual(state);
    }
  });

  it('of an older version is read: what was stopped for ever is looked at', () => {
    const old = { kind: 'open', code: 'remote.invalid-key', message: 'x', keyPrint: 'a', since: now, until: null };
    const state = readCircuitState(old);
    expect(state).toMatchObject({ kind: 'open', failures: 0 });
    expect(admit(state, context)).toEqual(alone);
    expect(readCircuitState({ kind: 'cooling', until: now })).toMatchObject({ since: 0, failures: 0 });
    expect(readCircuitState({ kind: 'closed' })).toEqual(closed);
  });

  it.each([null, undefined, 'open', { kind: 'open' }, { kind: 'half' }])('is forgotten when it is %j', (stored) => {
    expect(readCircuitState(stored)).toEqual(closed);
  });

  it('of another node is taken over when it is newer', () => {
    const own = after(new InvalidKeyError('x'));
    const theirs = afterFailure(closed, new InvalidKeyError('y'), { ...context, now: now - 5 });
    const later = { ...context, now: now + 10 };
    expect(newer(own, theirs, later)).toBe(own);
    expect(newer(theirs, own, later)).toEqual(own);
    expect(newer(own, { kind: 'closed', since: now + 5 }, later)).toEqual({ kind: 'closed', since: now + 5 });
    expect(newer(closed, own, { ...later, keyPrint: 'b' })).toBe(closed);
  });

  it('of a clock that runs ahead cannot outlive what follows', () => {
    const ahead = afterFailure(closed, new MonthlyLimitError('x'), { ...context, now: now + 60 * MINUTE });
    const taken = newer(closed, ahead, context);
    expect(taken).toMatchObject({ kind: 'open', since: now });
    expect(afterBalance(taken, 5, { askedAt: now + 1, now: now + 2 })).toMatchObject({ kind: 'closed' });
  });
});
