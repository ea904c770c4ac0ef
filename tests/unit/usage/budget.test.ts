import fc from 'fast-check';
import { alertFor, refuse } from '../../../server/src/usage/budget';

const now = Date.parse('2026-11-20T00:00:00Z');
const cycle = {
  startsAt: Date.parse('2026-11-01T00:00:00Z'),
  endsAt: Date.parse('2026-12-01T00:00:00Z'),
  synced: true,
};

test('no limit and no reserve let everything through, also with an unknown balance', () => {
  expect(refuse({ credits: null, reserve: 0 }, { spent: 1e9, spendable: null }, 100, cycle, now)).toBeNull();
});

test('the last credit of the budget is given out, the next one waits for the renewal', () => {
  const settings = { credits: 30, reserve: 0 };
  expect(refuse(settings, { spent: 29, spendable: null }, 1, cycle, now)).toBeNull();
  const refusal = refuse(settings, { spent: 30, spendable: null }, 1, cycle, now);
  expect(refusal).toMatchObject({ code: 'budget.reached', waits: true, retryAt: cycle.endsAt });
  expect(refusal?.message).toContain('30 credits');
});

test('a reserve is never touched, and not risked when the balance is unknown', () => {
  const settings = { credits: null, reserve: 100 };
  expect(refuse(settings, { spent: 0, spendable: 101 }, 1, cycle, now)).toBeNull();
  expect(refuse(settings, { spent: 0, spendable: 100 }, 1, cycle, now)?.code).toBe('budget.reserve');
  const unknown = refuse(settings, { spent: 0, spendable: null }, 1, cycle, now);
  expect(unknown).toMatchObject({ code: 'budget.balance-unknown', retryAt: now + 60_000 });
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
