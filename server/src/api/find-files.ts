import type { Core } from '@strapi/strapi';
import { MATTE_KEY } from '../assets/keys';
import { OVERTAKEN } from '../jobs/decide';
import { JOB } from '../tables/jobs';
import { readAssets } from './status';
import type { FileQuery } from './content/contracts';

/** Ids of a page of pictures, and how many there are on all pages. */
export interface FoundFiles {
  ids: number[];
  total: number;
}

type Database = Core.Strapi['db'];
type Raw = ReturnType<Database['connection']['raw']>;
type Query = ReturnType<Core.Strapi['db']['getConnection']>;

/** What is to be found. `FileQuery` is the public API's; the admin asks for more. */
export interface FileSearch {
  pagination: FileQuery['pagination'];
  sort: { column: FileQuery['sort']['column'] | 'confidence'; order: 'asc' | 'desc' };
  filters: FileQuery['filters'] & {
    /** Whether a person should look at it, by the least confidence that needs nobody. */
    doubtful?: { is: boolean; below: number | null };
  };
  /** Further conditions on the table of files, named `f`. */
  narrow?: (query: Query) => void;
}

const COLUMNS = { id: 'f.id', name: 'f.name', createdAt: 'f.created_at', updatedAt: 'f.updated_at' } as const;
/** Files whose staleness is looked at at once. */
const PAGE = 500;

/**
 * Pictures of the media library by how their cutouts stand. The database goes over its files for that; what is stale is
 * known to the configuration alone, so that filter reads each file that is left.
 */
export async function findFiles(strapi: Core.Strapi, search: FileSearch): Promise<FoundFiles> {
  const { pagination, filters } = search;
  const from = (pagination.page - 1) * pagination.pageSize;
  if (filters.stale === undefined) {
    const [counted] = await matching(strapi, search).count<{ total: number | string }[]>({ total: '*' });
    const rows = (await sorted(strapi, search).limit(pagination.pageSize).offset(from)) as { id: number }[];
    return { ids: rows.map(({ id }) => id), total: Number(counted?.total ?? 0) };
  }
  const rows = (await sorted(strapi, search)) as { id: number }[];
  const ids = await byStaleness(
    strapi,
    rows.map(({ id }) => id),
    filters.stale,
  );
  return { ids: ids.slice(from, from + pagination.pageSize), total: ids.length };
}

function sorted(strapi: Core.Strapi, search: FileSearch): Query {
  const { column, order } = search.sort;
  const rows = matching(strapi, search).select('f.id');
  if (column === 'confidence') rows.orderByRaw(`? ${order}`, [asNumber(strapi.db, ofMatte(strapi.db, column))]);
  else rows.orderBy(COLUMNS[column], order);
  return column === 'id' ? rows : rows.orderBy('f.id', order);
}

async function byStaleness(strapi: Core.Strapi, ids: number[], wanted: boolean): Promise<number[]> {
  const kept: number[] = [];
  for (let at = 0; at < ids.length; at += PAGE) {
    const page = ids.slice(at, at + PAGE);
    const read = await readAssets(strapi, page);
    kept.push(...page.filter((id) => (read.get(id)?.status.stale.length ?? 0) > 0 === wanted));
  }
  return kept;
}

function matching(strapi: Core.Strapi, { filters, narrow }: FileSearch): Query {
  const { status, engine, confidence, doubtful } = filters;
  const { db } = strapi;
  const jobs = strapi.db.metadata.get(JOB).tableName;
  const newest = strapi.db.getConnection(`${jobs} as n`).max('n.id').whereRaw('?? = ??', ['n.file_id', 'f.id']);
  const query = strapi.db
    .getConnection('files as f')
    .leftJoin({ j: withSchema(strapi, jobs) }, 'j.id', db.connection.raw('(?)', [newest]))
    .where('f.mime', 'like', 'image/%');
  if (status) isOneOf(query, stateOf(db), status);
  if (engine) isOneOf(query, ofMatte(db, 'engine'), engine);
  for (const [name, value] of Object.entries(confidence ?? {})) {
    if (value !== undefined) query.where(asNumber(db, ofMatte(db, 'confidence')), OPERATORS[name]!, value);
  }
  if (doubtful) query.whereRaw('? = ?', [doubt(db, doubtful.below), doubtful.is ? 1 : 0]);
  narrow?.(query);
  return query;
}

/** As `needsReview` has it, in SQL: 1 or 0. */
function doubt(db: Database, below: number | null): Raw {
  const { connection: knex } = db;
  if (below === null) return knex.raw('0');
  const of = (name: MatteFact) => ofMatte(db, name);
  return knex.raw(`case when ? = 'local' and ? is null and ? is null and ? < ? then 1 else 0 end`, [
    ...[of('engine'), of('corrected'), of('accepted')],
    asNumber(db, of('confidence')),
    below,
  ]);
}

/** Knex takes only the name of a column in `whereIn`. */
const isOneOf = (query: Query, value: Raw, words: readonly string[]) =>
  query.whereRaw(`? in (${words.map(() => '?').join(', ')})`, [value, ...words]);

const OPERATORS: Record<string, string> = { $lt: '<', $lte: '<=', $gt: '>', $gte: '>=' };

const withSchema = (strapi: Core.Strapi, table: string): string => {
  const schema = strapi.db.getSchemaName();
  return schema ? `${schema}.${table}` : table;
};

/** The state that api/status tells, in SQL. */
function stateOf({ connection: knex, dialect }: Database) {
  const text = knex.raw(dialect.client === 'postgres' ? 'cast(f.formats as text)' : 'cast(f.formats as char)');
  const overtaken = OVERTAKEN.map(() => '?').join(', ');
  return knex.raw(
    `case
      when j.id is null or j.state = 'done' or j.reason_code in (${overtaken})
        then case when ? like '%"cutout%' then 'ready' else 'none' end
      when j.state = 'queued' and j.reason_code is not null then 'waiting'
      else j.state
    end`,
    [...OVERTAKEN, text],
  );
}

type MatteFact = 'engine' | 'confidence' | 'corrected' | 'accepted';

/** What the asset's copy of its matte says of itself. */
function ofMatte({ connection: knex, dialect }: Database, name: MatteFact) {
  if (dialect.client === 'postgres') return knex.raw('f.formats #>> ?', [`{${MATTE_KEY},cutout,${name}}`]);
  const found = knex.raw('json_extract(f.formats, ?)', [`$.${MATTE_KEY}.cutout.${name}`]);
  return dialect.client === 'mysql' ? knex.raw('json_unquote(?)', [found]) : found;
}

const asNumber = ({ connection: knex, dialect }: Database, value: Raw) =>
  knex.raw(dialect.client === 'postgres' ? 'cast(? as double precision)' : 'cast(? as decimal(9, 6))', [value]);
