import type { Core } from '@strapi/strapi';
import type { LedgerOutcome } from '../tables/ledger';
import type { JobSource } from '../words';
import type { Window } from './window';

/** How a picture came by its matte: a paid call, the model on this server, or a matte that was there already. */
export type Making = 'remote' | 'local' | 'stored';

/** Pictures of one UTC day that came by their mattes in one way, for one reason. */
export interface DayCount {
  /** `2026-11-20` */
  day: string;
  made: Making;
  source: JobSource;
  pictures: number;
  /** What they cost, or may have cost. */
  credits: number;
}

interface GroupRow {
  day_number: number | string;
  outcome: LedgerOutcome;
  reason: string | null;
  source: JobSource;
  pictures: number | string;
  credits: number | string | null;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A cycle is a month, rarely a year. */
const MOST_DAYS = 400;

const dayOf = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Midnights (UTC) that end the days of a span, the last one's left out. */
export function midnightsIn({ startsAt, endsAt }: Pick<Window, 'startsAt' | 'endsAt'>): number[] {
  const first = Math.floor(startsAt / DAY_MS) + 1;
  const count = Math.min(MOST_DAYS, Math.ceil(endsAt / DAY_MS) - first);
  return Array.from({ length: Math.max(0, count) }, (_, index) => (first + index) * DAY_MS);
}

/**
 * What was made on each UTC day of a span, the oldest first. Days are told apart by comparing with moments: each database
 * has date functions, and time zones, of its own.
 */
export async function countDays(strapi: Core.Strapi, span: Pick<Window, 'startsAt' | 'endsAt'>): Promise<DayCount[]> {
  const ends = midnightsIn(span);
  const dayNumber =
    ends.length === 0
      ? '0'
      : `case ${ends.map((_, index) => `when ?? < ? then ${index}`).join(' ')} else ${ends.length} end`;
  const bindings = ends.flatMap((end) => ['updated_at', new Date(end)]);
  const query = strapi.db
    .getConnection('cutout_ledger')
    .select('outcome', 'reason', 'source', strapi.db.connection.raw(`${dayNumber} as day_number`, bindings))
    .count('* as pictures')
    .sum('credits as credits')
    .whereIn('outcome', ['charged', 'unknown', 'free'])
    .where('updated_at', '>=', new Date(span.startsAt))
    .where('updated_at', '<', new Date(span.endsAt))
    .groupBy('outcome', 'reason', 'source', 'day_number');
  return joined(await query, span.startsAt);
}

function joined(rows: GroupRow[], startsAt: number): DayCount[] {
  const days = new Map<string, DayCount>();
  for (const row of rows) {
    const made = makingOf(row);
    if (made === null) continue;
    const day = dayOf(startsAt + Number(row.day_number) * DAY_MS);
    const key = `${day} ${made} ${row.source}`;
    const known = days.get(key) ?? { day, made, source: row.source, pictures: 0, credits: 0 };
    known.pictures += Number(row.pictures);
    known.credits += Number(row.credits ?? 0);
    days.set(key, known);
  }
  return [...days].sort(([one], [other]) => (one < other ? -1 : 1)).map(([, count]) => count);
}

/** Null for a call that came to nothing and cost nothing. */
function makingOf({ outcome, reason }: GroupRow): Making | null {
  if (outcome !== 'free') return 'remote';
  if (reason === 'local') return 'local';
  return reason === 'stored-matte' ? 'stored' : null;
}
