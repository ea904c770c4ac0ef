import fc from 'fast-check';
import { alertFor, refuse, trusted } from '../../../server/src/usage/budget';

const now = Date.parse('2026-11-20T00:00:00Z');
const cycle = {
  startsAt: Date.parse('2026-11-01T00:00:00Z'),
  endsAt: Date.parse('2026-12-01T00:00:00Z'),
  synced: true,
  projected: false,
};

test('no limit and no reserve let everything through, also with an unknown balance', () => {
  expect(refuse({ credits: null, reserve: 0 }, { spent: 1e9, spendable: null }, 100, cycle, now)).toBeNull();
});

test('the last credit of the budget is given out, the next one waits for the renewal', () => {
  const settings = { credits: 30, reserve: 0 };
  expect(refuse(settings, { spent: 29, spendable: null }, 1, cycle, now)).toBeNull();
  const refusal = refuse(settings, { spent: 30, spendable: null }, 1, cycle, now);
  expect(refusal).toMatchObject({ code: 'budget.reached', waits: true, retryAt: now + 10 * 60_000 });
  expect(refusal?.message).toContain('30 credits');
  expect(refusal?.message).toContain('renews at 2026-12-01');
});

test('a reserve is never touched, and not risked when the balance is unknown', () => {
  const settings = { credits: null, reserve: 100 };
  expect(refuse(settings, { spent: 0, spendable: 101 }, 1, cycle, now)).toBeNull();
  expect(refuse(settings, { spent: 0, spendable: 100 }, 1, cycle, now)?.code).toBe('budget.reserve');
  const unknown = refuse(settings, { spent: 0, spendable: null }, 1, cycle, now);
  expect(unknown).toMatchObject({ code: 'budget.balance-unknown', waits: true });
});

test('credits may be bought at any time, so the reserve is looked at again in a minute or two', () => {
  const refusal = refuse({ credits: null, reserve: 100 }, { spent: 0, spendable: 100 }, 1, cycle, now);
  expect(refusal?.retryAt).toBeGreaterThan(now + 60_000);
  expect(refusal?.retryAt).toBeLessThanOrEqual(now + 120_000);
});

test('at a turn that the account has not told yet the wait is minutes, and says why', () => {
  const refusal = refuse({ credits: 1, reserve: 0 }, { spent: 1, spendable: null }, 1, cycle, cycle.endsAt + 1000);
  expect(refusal?.retryAt).toBeLessThanOrEqual(cycle.endsAt + 121_000);
  expect(refusal?.message).toContain('has not told its next cycle yet');
});

test('a balance is trusted for five minutes from when it was asked', () => {
  expect(trusted({ spendable: 1, at: now - 300_000 }, now)).not.toBeNull();
  expect(trusted({ spendable: 1, at: now - 300_001 }, now)).toBeNull();
});

test('spending one by one never passes the budget, whatever it is', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(300), (credits, asked) => {
      let spent = 0;
      for (let i = 0; i < asked; i += 1) {
        if (refuse({ credits, reserve: 0 }, { spent, spendable: null }, 1, cycle, now) === null) spent += 1;
      }
      expect(spent).toBe(Math.min(credits, asked));
    }),
  );
});

test('each alert goes out once, and a jump tells only the highest', () => {
  const settings = { credits: 10, reserve: 0 };
  expect(alertFor(settings, 4, 0)).toBeNull();
  expect(alertFor(settings, 5, 0)).toBe(50);
  expect(alertFor(settings, 6, 50)).toBeNull();
  expect(alertFor(settings, 10, 50)).toBe(100);
  expect(alertFor({ credits: null, reserve: 0 }, 10, 0)).toBeNull();
});
