const DAY_MS = 86_400_000;

/** A day as the server takes it, from what a calendar gives; days are counted in UTC. */
export const dayOf = (date: Date | undefined): string | undefined =>
  date && new Date(Date.UTC(date.getFullYear(), date.getMonth(), date.getDate())).toISOString().slice(0, 10);

/** The same day for a calendar, which takes it in the reader's own time. */
export const dateOf = (day: string | undefined): Date | undefined => (day ? new Date(`${day}T00:00:00`) : undefined);

/** The server leaves the last day out, people do not. */
export const dayAfter = (day: string | undefined): string | undefined => shifted(day, DAY_MS);
export const dayBefore = (day: string | undefined): string | undefined => shifted(day, -DAY_MS);

const shifted = (day: string | undefined, ms: number): string | undefined =>
  day && new Date(Date.parse(day) + ms).toISOString().slice(0, 10);
