import type { DayCount } from '../../../../../server/src/api/contracts';

export type Grouping = 'engine' | 'source';

/** The order in which they are stacked, the costly first. */
const groups = {
  engine: ['remote', 'local', 'stored'],
  source: ['upload', 'field', 'admin', 'api', 'bulk'],
} as const;
export type Group = (typeof groups)[Grouping][number];

export interface Series {
  /** UTC days without a gap: `2026-11-20`. */
  days: string[];
  /** Pictures of each day, by group; groups without any are left out. */
  groups: { group: Group; pictures: number[] }[];
  /** Credits of each day. */
  credits: number[];
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** A year, should somebody's cycle be one. */
const MOST_DAYS = 400;

/** Days of a span up to `now`, and what was made on each. */
export function seriesOf(
  counts: readonly DayCount[],
  grouping: Grouping,
  { startsAt, endsAt, now }: { startsAt: string; endsAt: string; now: string },
): Series {
  const first = Math.floor(Date.parse(startsAt) / DAY_MS);
  const last = Math.floor((Math.min(Date.parse(endsAt), Date.parse(now) + 1) - 1) / DAY_MS);
  const length = Math.min(MOST_DAYS, Math.max(1, last - first + 1));
  const days = Array.from({ length }, (_, index) => new Date((first + index) * DAY_MS).toISOString().slice(0, 10));
  const sum = (day: string, of: (count: DayCount) => number) =>
    counts.reduce((total, count) => (count.day === day ? total + of(count) : total), 0);
  const isOf = (count: DayCount, group: Group) => (grouping === 'engine' ? count.made : count.source) === group;
  return {
    days,
    groups: groups[grouping]
      .filter((group) => counts.some((count) => isOf(count, group)))
      .map((group) => ({
        group,
        pictures: days.map((day) => sum(day, (count) => (isOf(count, group) ? count.pictures : 0))),
      })),
    credits: days.map((day) => sum(day, ({ credits }) => credits)),
  };
}
