import { elapsed } from '../clock';
import type { ErrorCode } from '../errors';
import type { Account } from './account';
import { spendableOf } from './account-view';
import type { Circuit } from './shared-circuit';
import { GRACE_MS, type Window } from './window';
import type { Windows } from './windows';

/** Why jobs wait for the account, by what must happen for them to go on. */
const KEY_CODES: ErrorCode[] = ['remote.invalid-key', 'remote.forbidden', 'remote.email-not-verified'];
const CREDIT_CODES: ErrorCode[] = ['remote.monthly-limit', 'remote.daily-limit'];
export const BUDGET_CODES: ErrorCode[] = ['budget.reached', 'budget.reserve', 'budget.balance-unknown'];
export const MONEY_CODES: readonly ErrorCode[] = [...KEY_CODES, ...CREDIT_CODES, ...BUDGET_CODES];
/** What a new window brings: the plan's credits, and a budget of which nothing is spent. */
const RENEWED_CODES: ErrorCode[] = [...BUDGET_CODES, 'remote.monthly-limit'];

const MINUTE_MS = 60_000;
/** Pauses after a refused key double up to an hour. */
const MOST_PAUSE_MS = 60 * MINUTE_MS;
/**
 * While the account is silent, one call may find out by itself whether there are credits again: a refusal is free. More
 * often after a turn, which the service may be late to learn of.
 */
const BLIND_TRY_MS = { young: 2 * MINUTE_MS, old: 10 * MINUTE_MS };
const YOUNG_MS = 60 * MINUTE_MS;

export interface WatchOptions {
  service: { account: Pick<Account, 'view' | 'problem'>; circuit: Pick<Circuit, 'state' | 'reset'> };
  windows: Pick<Windows, 'current'>;
  /** Runs jobs now that wait for one of these reasons. */
  wake: (codes: ErrorCode[]) => Promise<void>;
  /** The reasons that jobs wait for. */
  waiting: () => Promise<Set<ErrorCode>>;
  now: () => number;
}

export interface AccountWatch {
  /** To be called every quarter of a minute or so, by one node. */
  tick(): Promise<void>;
}

/**
 * Looks after jobs that wait for money or for the key: asks the account with one free call a minute at most, closes the
 * circuit when the reason is gone, and wakes them.
 */
export function createAccountWatch({ service, windows, wake, waiting, now }: WatchOptions): AccountWatch {
  const { account, circuit } = service;
  let askedAt = -Infinity;
  let refusals = 0;
  let answeredAt = now();
  let spendable: number | null = null;
  /** Start of the window whose turn was told; the first look of a process tells it once too often, which costs nothing. */
  let renewedFor: number | null = null;
  /** What the last answer cured; told until the next one, for jobs that another node refused meanwhile. */
  let cured: ErrorCode[] = [];

  const stoppedBy = (codes: readonly ErrorCode[]) => {
    const state = circuit.state();
    return state.kind === 'open' && codes.includes(state.code) ? state : null;
  };

  const wakeThose = async (codes: readonly ErrorCode[], waits: Set<ErrorCode>) => {
    const wanted = codes.filter((code) => waits.has(code));
    if (wanted.length > 0) await wake(wanted);
  };

  const lookAtWindow = async (waits: Set<ErrorCode>): Promise<Window> => {
    const window = await windows.current();
    if (renewedFor === window.startsAt) return window;
    renewedFor = window.startsAt;
    const stop = stoppedBy(RENEWED_CODES);
    if (stop && stop.since < window.startsAt + GRACE_MS) circuit.reset();
    await wakeThose(RENEWED_CODES, waits);
    return window;
  };

  const ask = async () => {
    const keyRefused = stoppedBy(KEY_CODES) !== null;
    askedAt = now();
    const view = await account.view(0);
    const code = account.problem()?.code ?? null;
    // The account may accept a key that calls are refused with: that is no reason to ask every minute.
    if (keyRefused || (code && KEY_CODES.includes(code))) refusals += 1;
    else refusals = 0;
    return view && !view.stale ? view : null;
  };

  const curedBy = (credits: number): ErrorCode[] => {
    const rose = spendable !== null && credits > spendable;
    spendable = credits;
    const codes: ErrorCode[] = [...KEY_CODES, 'budget.balance-unknown'];
    if (credits > 0) codes.push('remote.monthly-limit');
    if (rose) codes.push('remote.daily-limit', 'budget.reserve');
    return codes;
  };

  const lookAtAccount = async (waits: Set<ErrorCode>, window: Window) => {
    const view = await ask();
    cured = view ? curedBy(spendableOf(view.figures)) : [];
    if (view) answeredAt = now();
    if (stoppedBy(cured)) circuit.reset();
    const patience = now() - window.startsAt < YOUNG_MS ? BLIND_TRY_MS.young : BLIND_TRY_MS.old;
    if (view || refusals > 0 || elapsed(answeredAt, now()) < patience) return;
    answeredAt = now();
    if (stoppedBy(['remote.monthly-limit'])) circuit.reset();
    await wakeThose(['remote.monthly-limit'], waits);
  };

  const isDue = () => elapsed(askedAt, now()) >= Math.min(MOST_PAUSE_MS, MINUTE_MS * 2 ** Math.max(0, refusals - 1));

  return {
    async tick() {
      const waits = await waiting();
      if (!MONEY_CODES.some((code) => waits.has(code))) return;
      const window = await lookAtWindow(waits);
      if (isDue()) {
        await lookAtAccount(waits, window);
        await lookAtWindow(waits);
      }
      // A stop that came after the answer knows better than the answer.
      if (circuit.state().kind !== 'open') await wakeThose(cured, waits);
    },
  };
}
