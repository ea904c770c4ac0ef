import type { Core } from '@strapi/strapi';
import { agedPages } from '../pages';
import { LEDGER, type LedgerOutcome } from '../tables/ledger';
import type { Window } from './window';

const columns = [
  'created_at',
  'engine',
  'model',
  'source',
  'outcome',
  'credits',
  'reason',
  'file_id',
  'job_id',
  'bulk',
  'settled_by',
  'settled_at',
  'settled_reason',
] as const;

type Time = Date | string | number;
type Cell = Time | null;
type Row = { id: number; updated_at: Time; outcome: LedgerOutcome } & Record<(typeof columns)[number], Cell>;

const headings = ['id', 'ended_at', ...columns];
const ENDED: LedgerOutcome[] = ['charged', 'unknown', 'free'];

/** The ledger of a span as CSV (RFC 4180), in the order in which things ended, a page of rows at a time. */
export async function* ledgerCsv(
  strapi: Core.Strapi,
  { startsAt, endsAt }: Pick<Window, 'startsAt' | 'endsAt'>,
): AsyncGenerator<string> {
  yield line(headings);
  const { tableName } = strapi.db.metadata.get(LEDGER);
  const span = { since: new Date(startsAt), before: new Date(endsAt) };
  for await (const page of agedPages<Row>(strapi, { tableName, where: {}, columns, ...span })) {
    const ended = page.filter(({ outcome }) => ENDED.includes(outcome));
    if (ended.length > 0) yield ended.map((row) => line(cellsOf(row))).join('');
  }
}

const times: readonly string[] = ['created_at', 'settled_at'];

const cellsOf = (row: Row): Cell[] => [
  row.id,
  iso(row.updated_at),
  ...columns.map((name) => timeCell(name, row[name])),
];

const timeCell = (name: string, cell: Cell): Cell => (times.includes(name) && cell !== null ? iso(cell) : cell);

const iso = (time: Time) => new Date(time).toISOString();

const line = (cells: readonly Cell[]) => `${cells.map(csvCell).join(',')}\r\n`;

/**
 * A cell that no spreadsheet takes for a formula: what would begin one gets an apostrophe before it, as OWASP advises
 * ("CSV Injection").
 */
export function csvCell(value: Cell): string {
  if (value === null) return '';
  if (typeof value === 'number') return String(value);
  const text = value instanceof Date ? iso(value) : value;
  const harmless = /^[=+\-@\t\r\n]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
