import type { Core } from '@strapi/strapi';
import { CutoutError } from '../errors';
import type { JobStore } from '../jobs/store';
import { CYCLE, type CycleRow } from '../tables/cycles';
import { LEDGER, type LedgerRow } from '../tables/ledger';
import { inTransaction } from '../transaction';
import { alertFor, type BudgetSettings, refuse } from './budget';
import { type Cycle, cycleKey } from './cycle';
import type { Ledger, LedgerEntry } from './ledger';

/** What the account service told, and when. */
export interface Balance {
  /** Remaining included plus prepaid credits. */
  spendable: number;
  /** Milliseconds since the epoch. */
  at: number;
}

export interface ReserveRequest extends LedgerEntry {
  keyPrint: string;
  cycle: Cycle;
  balance: Balance | null;
  /** A person decided that bytes whose first call ended unknown are sent again. */
  force: boolean;
  /** Draws on the credits held for this bulk run. */
  bulk?: string | undefined;
}

export interface Reservations {
  /**
   * Takes one credit out of the budget before the call that may cost it, for these bytes and this key alone.
   * @returns the ledger row to settle
   * @throws CutoutError `budget.*` when it does not fit, `remote.in-flight` when another job is paying for the same
   * bytes now, `remote.outcome-unknown` when they may have been paid for without a matte to show.
   */
  reserve(request: ReserveRequest): Promise<number>;
  /** Sets credits aside for a bulk run, all or none. @throws CutoutError `budget.*` */
  hold(bulk: string, credits: number, at: Pick<ReserveRequest, 'keyPrint' | 'cycle' | 'balance'>): Promise<void>;
  /** Gives back what a bulk run did not use. */
  release(bulk: string): Promise<void>;
}

export interface ReservationOptions {
  strapi: Core.Strapi;
  settings: BudgetSettings;
  ledger: Ledger;
  jobs: Pick<JobStore, 'alive'>;
  /** Called after the commit when spending passes 50, 80 or 100 % of the budget. */
  onAlert: (percent: number, cycle: Cycle) => void;
  now?: () => number;
}

/** How soon a job looks again whether the other one has paid for their common bytes. */
const IN_FLIGHT_RETRY_MS = 2000;
/**
 * How long after a charge its matte may not be where others look: longer than a job takes from looking for a stored
 * matte to its reservation, and another from its payment to its commit. Only then does "no matte" mean that it is lost.
 */
const ARRIVING_MS = 5 * 60_000;

export function createReservations(options: ReservationOptions): Reservations {
  const { strapi, settings, ledger, jobs, onAlert, now = Date.now } = options;
  const rows = () => strapi.db.query(LEDGER);

  const checkBudget = async (cycle: Cycle, balance: Balance | null, wanted: number, fromHold: boolean) => {
    const totals = await ledger.totals(cycle.startsAt, cycle.endsAt);
    const spent = totals.charged + totals.unknown + totals.reserved + totals.held;
    if (fromHold) return spent;
    const since = balance ? await ledger.totals(balance.at) : null;
    const underWay = since ? since.charged + since.unknown + totals.reserved + totals.held : 0;
    const spendable = balance ? balance.spendable - underWay : null;
    const refusal = refuse(settings, { spent, spendable }, wanted, cycle, now());
    if (refusal) throw refusal;
    return spent + wanted;
  };

  const raiseAlert = async (locked: CycleRow, spent: number, cycle: Cycle, onCommit: (hook: () => void) => void) => {
    const alert = alertFor(settings, spent, locked.alerted);
    if (alert === null) return;
    await strapi.db.query(CYCLE).update({ where: { id: locked.id }, data: { alerted: alert } });
    onCommit(() => onAlert(alert, cycle));
  };

  const reserveOnce = (request: ReserveRequest, claim: string) =>
    inTransaction(strapi, async ({ onCommit }): Promise<{ id: number } | { taken: LedgerRow }> => {
      const { job, keyPrint, cycle, balance, bulk, engine, model, sourceHash } = request;
      const locked = await lockCycle(strapi, cycle);
      const taken = (await rows().findOne({ where: { claim } })) as LedgerRow | null;
      if (taken) return { taken };
      const fromHold = bulk !== undefined && (await drawHold(bulk));
      const spent = await checkBudget(cycle, balance, 1, fromHold);
      const at = new Date(now());
      const data = {
        ...{ engine, model, sourceHash, keyPrint, claim, bulk },
        ...{ jobId: job.id, fileId: job.fileId, source: job.source },
        ...{ credits: 1, outcome: 'reserved', createdAt: at, updatedAt: at },
      };
      const { id } = (await rows().create({ data })) as { id: number };
      await raiseAlert(locked, spent, cycle, onCommit);
      return { id };
    });

  /** One credit of the bulk run's hold becomes the call's own. */
  const drawHold = async (bulk: string): Promise<boolean> => {
    const hold = (await rows().findOne({ where: { bulk, outcome: 'held', credits: { $gt: 0 } } })) as LedgerRow | null;
    if (!hold) return false;
    await rows().update({ where: { id: hold.id }, data: { credits: hold.credits - 1 } });
    return true;
  };

  /** Frees the bytes for another call, or says why not. */
  const resolveTaken = async (taken: LedgerRow, request: ReserveRequest) => {
    if (taken.outcome === 'reserved') {
      const alive = taken.jobId !== request.job.id && (await jobs.alive([taken.jobId])).has(taken.jobId);
      if (alive) throw inFlight(now());
      // Whoever reserved it died before it could say how the call ended.
      await ledger.settle(taken.id, 'unknown', 'worker.crashed');
      if (!request.force) throw outcomeUnknown();
    }
    if (taken.outcome === 'unknown' && !request.force) throw outcomeUnknown();
    if (taken.outcome === 'charged' && now() - new Date(taken.updatedAt).getTime() < ARRIVING_MS) throw inFlight(now());
    // Charged, and no matte of it is left anywhere; or a person asked for the risk.
    await rows().updateMany({ where: { id: taken.id }, data: { claim: null, updatedAt: new Date(now()) } });
  };

  return {
    async reserve(request) {
      const claim = `${request.engine}:${request.sourceHash}`;
      for (let tries = 0; tries < 2; tries += 1) {
        const outcome = await reserveOnce(request, claim);
        if ('id' in outcome) return outcome.id;
        await resolveTaken(outcome.taken, request);
      }
      throw inFlight(now());
    },

    hold: (bulk, credits, { keyPrint, cycle, balance }) =>
      inTransaction(strapi, async ({ onCommit }) => {
        const locked = await lockCycle(strapi, cycle);
        const spent = await checkBudget(cycle, balance, credits, false);
        const at = new Date(now());
        const data = {
          engine: 'remote',
          source: 'bulk',
          keyPrint,
          bulk,
          credits,
          outcome: 'held',
          createdAt: at,
          updatedAt: at,
        };
        await rows().create({ data });
        await raiseAlert(locked, spent, cycle, onCommit);
      }),

    async release(bulk) {
      await rows().deleteMany({ where: { bulk, outcome: 'held' } });
    },
  };
}

/** All reservations of a cycle follow one another from here to their commit. */
async function lockCycle(strapi: Core.Strapi, cycle: Cycle): Promise<CycleRow> {
  const key = cycleKey(cycle);
  const at = new Date();
  const row = { key, alerted: 0, createdAt: at, updatedAt: at };
  await strapi.db.queryBuilder(CYCLE).insert(row).onConflict('key').ignore().execute();
  return strapi.db.queryBuilder(CYCLE).select('*').where({ key }).forUpdate().first().execute<CycleRow>();
}

const inFlight = (now: number) =>
  new CutoutError(
    'remote.in-flight',
    'Another job is paying for the same picture; its matte will serve this one too.',
    {
      retryAt: now + IN_FLIGHT_RETRY_MS,
    },
  );

const outcomeUnknown = () =>
  new CutoutError(
    'remote.outcome-unknown',
    'An earlier call for the same picture was sent and its outcome is not known: it may have been charged. It is not repeated by itself; "Make again" sends it once more.',
  );
