import type { CutoutResult } from '../contract';

type Timings = CutoutResult['timings'];
type Step = keyof Timings;

export interface Stopwatch {
  /** Counts the time since the last lap for `step`. */
  lap(step: Step): void;
  /** Counts parts of a step for other steps. */
  move(from: Step, parts: Partial<Timings>): void;
  /** Rounded milliseconds; `run` is at least 1 where the model ran. */
  timings(): Timings;
}

export function createStopwatch(now: () => number = () => performance.now()): Stopwatch {
  const spent: Timings = { decode: 0, session: 0, run: 0, matte: 0, compose: 0, encode: 0 };
  let mark = now();
  return {
    lap(step) {
      const time = now();
      spent[step] += time - mark;
      mark = time;
    },
    move(from, parts) {
      for (const [step, time] of Object.entries(parts) as [Step, number][]) {
        spent[step] += time;
        spent[from] -= time;
      }
    },
    timings() {
      const rounded = Object.fromEntries(
        Object.entries(spent).map(([step, time]) => [step, Math.round(time)]),
      ) as Timings;
      // A run in less than half a millisecond is one all the same, and 0 says that there was none.
      return spent.run > 0 ? { ...rounded, run: Math.max(1, rounded.run) } : rounded;
    },
  };
}
