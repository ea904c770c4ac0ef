import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import { ensureLock, lockRow } from '../locks';
import { CYCLE } from '../tables/cycles';
import { JOB } from '../tables/jobs';
import { LEDGER, type LedgerRow } from '../tables/ledger';
import { inTransaction } from '../transaction';
import { alertFor, type Balance, type BudgetSettings, refuse, trusted } from './budget';
import type { Ledger, LedgerEntry } from './ledger';
import { BEAT_MS, createLapsed, isLapsed, LEASE_MS } from './reservation-lease';
import type { Window } from './window';
import { BUDGET_LOCK, type Windows } from './windows';

export interface ReserveRequest extends LedgerEntry {
  engine: 'remote';
  keyPrint: string;
  /** A person decided that bytes whose first call ended unknown are sent again. One decision, one charge. */
  decided: boolean;
  /** Draws on the credits held for this bulk run. */
  bulk?: string | undefined;
}

export type Reserved = { kind: 'reserved'; id: number } | { kind: 'charged'; id: number };

export interface Reservations {
  /**
   * Takes one credit out of the budget before the call that may cost it, for these bytes alone. The decision of a
   * person is used up by it: the job's `force` goes in the same transaction.
   * @returns `reserved`: the ledger row to settle. `charged`: the row by which these bytes are paid for already, so
   * their matte is there by now; should it be gone for certain, `forget` frees the bytes.
   * @throws CutoutError `budget.*` when it does not fit, `remote.in-flight` when another is paying for the same bytes
   * now, `remote.outcome-unknown` when they may have been paid for without a matte to show.
   */
  reserve(request: ReserveRequest): Promise<Reserved>;
  /** Bytes that were charged and whose matte is gone for certain may be sent again. */
  forget(id: number): Promise<void>;
  /** Tells that a reservation's call is under way, until the function that it returns is called. */
  keep(id: number): () => void;
  /**
   * Settles what nobody tells of any more: as charged where the matte is stored, else as unknown.
   * @returns how many
   */
  settleLapsed(hasMatte: (ledgerId: number) => Promise<boolean>): Promise<number>;
  /** Sets credits aside for a bulk run, all or none, once however often it is called. @throws CutoutError `budget.*` */
  hold(bulk: string, credits: number, by: { keyPrint: string }): Promise<void>;
  /** Gives back what a bulk run did not use. */
  release(bulk: string): Promise<void>;
}

export interface ReservationOptions {
  strapi: Core.Strapi;
  settings: BudgetSettings;
  ledger: Pick<Ledger, 'totals'>;
  windows: Pick<Windows, 'current' | 'alertRow'>;
  /** The account's balance as it was told last, asked for anew if need be; null when there is none. */
  balance: () => Promise<Balance | null>;
  /** Called within the transaction in which spending passes 50, 80 or 100 % of the budget. */
  onAlert: (percent: number, window: Window) => Promise<void>;
  now: () => number;
}

type Outcome = Reserved | { kind: 'refused'; error: CutoutError };

/** How soon a job looks again whether the other one has paid for their common bytes. */
const IN_FLIGHT_RETRY_MS = 2000;

export function createReservations(options: ReservationOptions): Reservations {
  const { strapi, settings, ledger, windows, onAlert, now } = options;
  const rows = () => strapi.db.query(LEDGER);
  const lapsed = createLapsed(strapi, now);

  /** What is spent with `wanted` more, and the window it counts in; or why that does not fit. */
  const budgetWith = async (wanted: number, told: Balance | null) => {
    const window = await windows.current();
    const totals = await ledger.totals(window.startsAt);
    const spent = totals.charged + totals.unknown + totals.reserved + totals.held;
    const balance = trusted(told, now());
    const since = balance ? await ledger.totals(balance.at) : null;
    const underWay = since ? since.charged + since.unknown + since.reserved + since.held : 0;
    const spendable = balance ? balance.spendable - underWay : null;
    return { window, spent, refusal: refuse(settings, { spent, spendable }, wanted, window, now()) };
  };

  const raiseAlert = async (spent: number, window: Window) => {
    if (settings.credits === null) return;
    const row = await windows.alertRow(window);
    const alert = alertFor(settings, spent, row.alerted);
    if (alert === null) return;
    await strapi.db.query(CYCLE).update({ where: { id: row.id }, data: { alerted: alert } });
    await onAlert(alert, window);
  };

  const rowOfClaim = async (request: LedgerEntry): Promise<LedgerRow | null> =>
    (await rows().findOne({ where: { claim: claimOf(request) } })) as LedgerRow | null;

  const holdOf = async (bulk: string | undefined): Promise<LedgerRow | null> => {
    if (bulk === undefined) return null;
    return (await rows().findOne({ where: { bulk, outcome: 'held' } })) as LedgerRow | null;
  };

  /** The decision is the job's `force`: whoever takes it away may act on it, once. */
  const useUpDecision = async ({ decided, job }: ReserveRequest): Promise<boolean> => {
    if (!decided) return false;
    const where = { id: job.id, force: true };
    return (await strapi.db.query(JOB).updateMany({ where, data: { force: false } })).count === 1;
  };

  /** Under the budget's lock. Refusals are returned and not thrown, so that what was found out on the way is kept. */
  const reserveLocked = async (request: ReserveRequest, balance: Balance | null) => {
    const taken = await rowOfClaim(request);
    if (taken?.outcome === 'charged') return { kind: 'charged', id: taken.id } satisfies Outcome;
    if (taken?.outcome === 'reserved') {
      if (!isLapsed(taken, now())) return refused(inFlight(now()));
      await lapsed.settle(taken, 'unknown');
    }
    if (taken && !request.decided) return refused(outcomeUnknown());
    const hold = await holdOf(request.bulk);
    // A run with a limit never spends beyond it, whatever the budget would allow.
    if (hold?.credits === 0) return refused(bulkSpent());
    // What was held is spent already.
    const { window, spent, refusal } = await budgetWith(hold ? 0 : 1, balance);
    if (refusal && !hold) return refused(refusal);
    const decided = await useUpDecision(request);
    if (taken && !decided) return refused(outcomeUnknown());
    if (taken) await rows().update({ where: { id: taken.id }, data: { claim: null } });
    if (hold) await rows().update({ where: { id: hold.id }, data: { credits: hold.credits - 1 } });
    const id = await insert({ ...rowOf(request), credits: 1, outcome: 'reserved' });
    await raiseAlert(hold ? spent : spent + 1, window);
    return { kind: 'reserved', id } satisfies Outcome;
  };

  const insert = async (data: object): Promise<number> => {
    const at = new Date(now());
    const leaseUntil = new Date(now() + LEASE_MS);
    const { id } = (await rows().create({ data: { ...data, leaseUntil, createdAt: at, updatedAt: at } })) as LedgerRow;
    return id;
  };

  /** All that count credits follow one another from here to their commit. */
  const locked = async <T>(work: () => Promise<T>): Promise<T> => {
    await ensureLock(strapi, BUDGET_LOCK);
    return inTransaction(strapi, async () => {
      await lockRow(strapi, BUDGET_LOCK);
      return work();
    });
  };

  return {
    async reserve(request) {
      const balance = await options.balance();
      const outcome: Outcome = await locked(() => reserveLocked(request, balance));
      if (outcome.kind === 'refused') throw outcome.error;
      return outcome;
    },

    async forget(id) {
      await rows().updateMany({ where: { id, outcome: 'charged' }, data: { claim: null } });
    },

    keep(id) {
      const beat = () => {
        const data = { leaseUntil: new Date(now() + LEASE_MS) };
        // A beat that fails is made up for by the next one; should they all fail, the call is settled all the same.
        rows()
          .updateMany({ where: { id, outcome: 'reserved' }, data })
          .catch(() => undefined);
      };
      const timer = setInterval(beat, BEAT_MS);
      return () => clearInterval(timer);
    },

    settleLapsed: lapsed.settleAll,

    async hold(bulk, credits, { keyPrint }) {
      const balance = await options.balance();
      const refusal = await locked(async () => {
        if (await holdOf(bulk)) return null;
        const budget = await budgetWith(credits, balance);
        if (budget.refusal) return budget.refusal;
        await insert({ engine: 'remote', source: 'bulk', keyPrint, bulk, credits, outcome: 'held' });
        await raiseAlert(budget.spent + credits, budget.window);
        return null;
      });
      if (refusal) throw refusal;
    },

    async release(bulk) {
      await rows().deleteMany({ where: { bulk, outcome: 'held' } });
    },
  };
}

const claimOf = ({ engine, sourceHash }: LedgerEntry): string => `${engine}:${sourceHash}`;

const rowOf = (request: ReserveRequest) => {
  const { engine, model, sourceHash, keyPrint, bulk, job } = request;
  const { id: jobId, fileId, source } = job;
  return { engine, model, sourceHash, keyPrint, bulk, jobId, fileId, source, claim: claimOf(request) };
};

const refused = (error: CutoutError): Outcome => ({ kind: 'refused', error });

const inFlight = (now: number) =>
  new CutoutError(
    'remote.in-flight',
    'Another job is paying for the same picture; its matte will serve this one too.',
    { retryAt: now + IN_FLIGHT_RETRY_MS },
  );

const bulkSpent = () => new CutoutError('budget.bulk', 'The credits that were set aside for the bulk run are used up.');

const outcomeUnknown = () =>
  new CutoutError(
    'remote.outcome-unknown',
    'An earlier call for the same picture was sent and its outcome is not known: it may have been charged. It is not repeated by itself; "Make again" sends it once more.',
  );
