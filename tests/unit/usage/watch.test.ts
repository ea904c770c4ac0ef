import { afterFailure, closed } from '../../../server/src/engines/remote/circuit';
import { errorOfCode } from '../../../server/src/engines/remote/errors';
import type { ErrorCode } from '../../../server/src/errors';
import type { AccountProblem } from '../../../server/src/usage/account';
import type { Figures } from '../../../server/src/usage/account-view';
import { createAccountWatch } from '../../../server/src/usage/watch';

const minute = 60_000;
const start = Date.parse('2026-11-21T12:00:00Z');

/** An account, a circuit and jobs that wait, all by one clock that `run` moves on a quarter of a minute at a time. */
function scene(waits: ErrorCode[]) {
  const state = {
    now: start,
    window: { startsAt: start - 86_400_000, endsAt: start + 86_400_000, synced: true, projected: false },
    credits: 0 as number | null,
    problem: null as AccountProblem | null,
    circuit: closed,
    asked: [] as number[],
    woken: [] as [number, ErrorCode[]][],
    resets: 0,
  };
  const watch = createAccountWatch({
    service: {
      account: {
        view: () => {
          state.asked.push(state.now);
          if (state.credits === null || state.problem) return Promise.resolve(null);
          const figures = { remaining: state.credits, prepaid: 0 } as Figures;
          return Promise.resolve({ figures, at: state.now, stale: false });
        },
        problem: () => state.problem,
      },
      circuit: {
        state: () => state.circuit,
        reset: () => {
          state.circuit = closed;
          state.resets += 1;
        },
      },
    },
    windows: { current: () => Promise.resolve(state.window) },
    waiting: () => Promise.resolve(new Set(waits)),
    wake: (codes) => Promise.resolve(void state.woken.push([state.now, codes])),
    now: () => state.now,
  });
  const run = async (ms: number) => {
    for (const end = state.now + ms; state.now < end; state.now += 15_000) await watch.tick();
  };
  const stop = (code: ErrorCode, until: number) => {
    const error = errorOfCode(code, 'stopped', { retryAt: until });
    state.circuit = afterFailure(closed, error, { now: state.now, keyPrint: '' });
  };
  const wokenAfter = (time: number) => state.woken.filter(([at]) => at >= time).map(([at]) => at - time);
  return { state, run, stop, wokenAfter };
}

test('while nobody waits for money, nothing is asked', async () => {
  const { state, run } = scene(['remote.in-flight', 'source.unreadable']);
  await run(10 * minute);
  expect(state.asked).toEqual([]);
});

test('credits that are bought in the middle of a stop bring the jobs back within two minutes', async () => {
  const { state, run, stop, wokenAfter } = scene(['remote.monthly-limit']);
  stop('remote.monthly-limit', start + 20 * 86_400_000);
  await run(10 * minute);
  const [before] = [state.asked.length];
  expect(before).toBeLessThanOrEqual(10);
  expect(state.circuit.kind).toBe('open');
  const bought = state.now;
  state.credits = 100;
  await run(2 * minute);
  expect(state.circuit.kind).toBe('closed');
  expect(wokenAfter(bought)[0]).toBeLessThan(2 * minute);
});

test('a turn wakes those who wait for a budget, once', async () => {
  const { state, run, wokenAfter } = scene(['budget.reached']);
  await run(minute);
  const turned = state.now;
  state.window = { ...state.window, startsAt: turned };
  await run(5 * minute);
  expect(wokenAfter(turned)).toEqual([0]);
});

test('with the account away, a turn closes a stop that began while the service was late', async () => {
  const { state, run, stop, wokenAfter } = scene(['remote.monthly-limit']);
  state.credits = null;
  state.problem = { code: 'remote.unreachable', message: 'away' };
  await run(minute);
  stop('remote.monthly-limit', start + 20 * 86_400_000);
  await run(3 * minute);
  const turned = state.now;
  state.window = { ...state.window, startsAt: turned - 3 * minute, projected: true };
  await run(minute);
  expect(state.circuit.kind).toBe('closed');
  expect(wokenAfter(turned)[0]).toBe(0);
});

test('with the account away, a free refusal finds out in minutes whether a late service has turned', async () => {
  const { state, run, stop } = scene(['remote.monthly-limit']);
  state.credits = null;
  state.problem = { code: 'remote.unreachable', message: 'away' };
  state.window = { ...state.window, startsAt: start };
  await run(minute);
  state.now = start + 4 * minute;
  stop('remote.monthly-limit', start + 20 * 86_400_000);
  await run(3 * minute);
  expect(state.circuit.kind).toBe('closed');
});

test('a refused key is asked about after 1, 2, 4 … 60 minutes, and goes on when it is accepted', async () => {
  const { state, run, stop } = scene(['remote.email-not-verified']);
  stop('remote.email-not-verified', start + 86_400_000);
  state.problem = { code: 'remote.email-not-verified', message: 'verify' };
  await run(250 * minute);
  const pauses = state.asked.slice(1).map((at, index) => (at - (state.asked[index] ?? 0)) / minute);
  expect(pauses).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
  state.problem = null;
  await run(61 * minute);
  expect(state.circuit.kind).toBe('closed');
  expect(state.woken.at(-1)?.[1]).toEqual(['remote.email-not-verified']);
});

test('a key that the account takes and the service refuses is not tried every minute', async () => {
  const { state, run, stop } = scene(['remote.forbidden']);
  for (let i = 0; i < 240; i += 1) {
    if (state.circuit.kind === 'closed') stop('remote.forbidden', start + 86_400_000);
    await run(15_000);
  }
  // In an hour: after 1, 2, 4, 8, 16 and 32 minutes.
  expect(state.resets).toBeLessThanOrEqual(7);
  expect(state.asked.length).toBeLessThanOrEqual(7);
});

test('a stop that came after the answer is not overridden by it', async () => {
  const { state, run, stop } = scene(['remote.monthly-limit']);
  state.credits = 5;
  await run(15_000);
  const stopped = state.now;
  stop('remote.daily-limit', start + 86_400_000);
  await run(30_000);
  expect(state.woken.filter(([at]) => at >= stopped)).toEqual([]);
});
