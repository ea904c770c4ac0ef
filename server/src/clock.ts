import { performance } from 'node:perf_hooks';
import type { Core } from '@strapi/strapi';

/**
 * The time by which leases, pauses and budgets are judged: the database's, so that nodes whose own clocks differ agree,
 * and steady between two looks at it, so that a jump of the machine's clock moves nothing in between.
 */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Asks the database. @returns by how many milliseconds the clock was off. */
  sync(): Promise<number>;
}

/** What is written down for later than anybody writes it by so much comes from before the clock went back. */
export const JUMP_MS = 60_000;

/** Milliseconds since `at`. A time far ahead is from before the clock went back: nobody knows how long ago that was. */
export const elapsed = (at: number, now: number): number => (at > now + JUMP_MS ? Infinity : Math.max(0, now - at));

const QUESTIONS: Record<string, string> = {
  postgres: 'select extract(epoch from clock_timestamp()) * 1000 as ms',
  mysql: 'select unix_timestamp(now(6)) * 1000 as ms',
};

/** The time that was told, at a moment of this process's own steady clock; it may be wrong by half of what it took. */
interface Reading {
  told: number;
  mark: number;
  took: number;
}

/** A connection that is only being made, or a busy process, makes one question slow; the quickest of some is kept. */
const READINGS = 3;

export function createDatabaseClock(strapi: Core.Strapi): Clock {
  const question = QUESTIONS[strapi.db.dialect.client];
  let base = Date.now();
  let mark = performance.now();
  const now = () => base + (performance.now() - mark);

  const ask = async (): Promise<Reading> => {
    const asked = performance.now();
    // SQLite's clock is this machine's.
    const told = question === undefined ? Date.now() : milliseconds(await strapi.db.connection.raw(question));
    const mark = performance.now();
    return { told: told + (mark - asked) / 2, mark, took: mark - asked };
  };

  return {
    now,
    async sync() {
      let best = await ask();
      for (let asked = 1; asked < READINGS; asked += 1) {
        const next = await ask();
        if (next.took < best.took) best = next;
      }
      const off = best.told - (base + (best.mark - mark));
      base = best.told;
      mark = best.mark;
      return off;
    },
  };
}

/** PostgreSQL answers `{ rows }`, MySQL `[rows, fields]`. */
function milliseconds(answer: unknown): number {
  const rows = Array.isArray(answer) ? (answer as unknown[])[0] : (answer as { rows: unknown }).rows;
  return Number((rows as { ms: string | number }[])[0]?.ms);
}
