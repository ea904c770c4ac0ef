import type { Core } from '@strapi/strapi';
import { JOB, type JobRow } from '../tables/jobs';
import { engineName, type EngineName, priorities } from '../words';

/** What a claimant has to know of a job to try for it. */
export type DueJob = Pick<JobRow, 'id' | 'fileId' | 'state' | 'attempts' | 'priority' | 'turnAt'>;

export interface DueRequest {
  at: Date;
  engines: readonly EngineName[];
  /** Assets whose jobs are left out. */
  notOf: readonly number[];
  /** Of each kind and priority at most. */
  limit?: number;
}

/** For one claim; one that loses all of them to others looks again. */
const WINDOW = 10;

/**
 * The due jobs that go first, of assets that no other job is working on: by priority, then turn, then id. Every look-up
 * reads the beginning of one range of an index and no more, however many jobs there are or wait.
 */
export async function findDue(strapi: Core.Strapi, request: DueRequest): Promise<DueJob[]> {
  const turn = await all(strapi, [...each(turnCome, strapi, request, priorities), leaseGone(strapi, request)]);
  // Who let others pass goes on when nobody of its priority is left whose turn has come.
  const first = Math.min(...turn.map(({ priority }) => priority));
  const idle = priorities.filter((priority) => priority < first);
  const passed = await all(strapi, each(letPass, strapi, request, idle));
  return [...turn, ...passed].sort(inTurn);
}

/**
 * A job, if it is due as the look-ups see it; null when another job works on its asset, or an older one of the asset is
 * due: a dispatcher that hands out both at once must not turn them round.
 */
export async function isDue(strapi: Core.Strapi, id: number, request: DueRequest): Promise<DueJob | null> {
  const { tableName } = strapi.db.metadata.get(JOB);
  const older = strapi.db
    .getConnection(`${tableName} as older`)
    .select(strapi.db.connection.raw('1'))
    .whereRaw('?? = ?? and ?? < ??', ['older.file_id', `${tableName}.file_id`, 'older.id', `${tableName}.id`])
    .where('older.state', 'queued')
    .where('older.run_at', '<=', request.at);
  const due = select(strapi, request)
    .where({ id })
    .whereNotExists(older)
    .whereIn('engine', request.engines)
    .where((either) => {
      either.where({ state: 'queued' }).where('run_at', '<=', request.at);
      either.orWhere({ state: 'running' }).where('lease_until', '<', request.at);
    });
  return (await all(strapi, [due]))[0] ?? null;
}

/** Whether another due job has its turn before `turnAt` and a priority no lower than this one's. */
export async function comesBefore(
  strapi: Core.Strapi,
  job: Pick<JobRow, 'priority'>,
  { at, turnAt }: { at: Date; turnAt: Date },
): Promise<boolean> {
  const request = { at, engines: engineName.options, notOf: [] };
  const asHigh = priorities.filter((priority) => priority <= job.priority);
  if ((await all(strapi, each(turnCome, strapi, request, asHigh))).length > 0) return true;
  const passing = await all(strapi, each(letPass, strapi, request, asHigh));
  return passing.some((other) => timeOf(other.turnAt) < turnAt.getTime());
}

/** One look-up for each engine and priority: each is one range of an index. */
const each = (look: LookUp, strapi: Core.Strapi, request: DueRequest, of: readonly number[]): Query[] =>
  of.flatMap((priority) => request.engines.map((engine) => look(strapi, request, engine, priority)));

type LookUp = (strapi: Core.Strapi, request: DueRequest, engine: EngineName, priority: number) => Query;

type Query = ReturnType<Core.Strapi['db']['getConnection']>;

const turnCome: LookUp = (strapi, request, engine, priority) =>
  select(strapi, request)
    .where({ state: 'queued', engine, priority })
    .where('turn_at', '<=', request.at)
    // Holds of itself, but for rows that an older version wrote. Wrapped, or the range of an index could be read by it
    // instead, and all that is due sorted.
    .whereRaw('coalesce(??, ??) <= ?', ['run_at', 'turn_at', request.at])
    .orderBy(['turn_at', 'id']);

const letPass: LookUp = (strapi, request, engine, priority) =>
  select(strapi, request)
    .where({ state: 'queued', engine, priority })
    .where('run_at', '<=', request.at)
    .where('turn_at', '>', request.at)
    .orderBy('run_at');

const leaseGone = (strapi: Core.Strapi, request: DueRequest): Query =>
  select(strapi, request)
    .where({ state: 'running' })
    .where('lease_until', '<', request.at)
    .whereIn('engine', request.engines)
    .orderBy('lease_until');

/** What all look-ups have in common: some jobs, none of a busy asset. */
function select(strapi: Core.Strapi, { at, notOf, limit = WINDOW }: DueRequest): Query {
  const { tableName } = strapi.db.metadata.get(JOB);
  const other = strapi.db
    .getConnection(`${tableName} as other`)
    .select(strapi.db.connection.raw('1'))
    .whereRaw('?? = ??', ['other.file_id', `${tableName}.file_id`])
    .where('other.state', 'running')
    .where('other.lease_until', '>=', at);
  const query = strapi.db
    .getConnection(tableName)
    .select('id', 'file_id', 'state', 'attempts', 'priority', 'turn_at')
    .whereNotExists(other)
    .limit(limit);
  return notOf.length > 0 ? query.whereNotIn('file_id', notOf) : query;
}

interface Row {
  id: number;
  file_id: number;
  state: JobRow['state'];
  attempts: number;
  priority: number;
  turn_at: Date | string | number;
}

/** The rows of several look-ups by one statement. */
async function all(strapi: Core.Strapi, queries: Query[]): Promise<DueJob[]> {
  if (queries.length === 0) return [];
  const [one, ...others] = queries.map((query, index) =>
    // SQLite takes an order within a union in a subquery only.
    strapi.db.connection.select('*').from(query.as(`look_up_${index}`)),
  );
  const rows = (await (others.length > 0 ? one!.unionAll(others) : one!)) as Row[];
  return rows.map(({ id, file_id, state, attempts, priority, turn_at }) => {
    return { id, fileId: file_id, state, attempts, priority, turnAt: turn_at };
  });
}

const timeOf = (at: Date | string | number): number => new Date(at).getTime();

const inTurn = (one: DueJob, other: DueJob): number =>
  one.priority - other.priority || timeOf(one.turnAt) - timeOf(other.turnAt) || one.id - other.id;
