import { nameOf } from './corpus';
import { type HostileFile, type Outcome, type Way, wanted } from './file';

/** What became of one file on one way. */
export interface Ended {
  file: HostileFile;
  outcome: Outcome;
  /** The sentence that goes with the code; empty when there is a cutout. */
  message: string;
  ms: number;
}

/** One line for each that ended otherwise than the corpus says. */
export function surprises(way: Way, ended: readonly Ended[]): string[] {
  return ended
    .filter(({ file, outcome }) => !wanted(file, way)?.includes(outcome))
    .map(({ file, outcome, message }) => {
      const expected = wanted(file, way)?.join(' or ') ?? 'nothing';
      return `${way}, ${nameOf(file)}: expected ${expected}, received ${outcome}${message && ` (${message})`}`;
    });
}

/** What no reason may hold: a path of this machine, or the words of a library. */
const LEAK = /\/(tmp|work|home|root|usr|var)\/|node_modules|libvips|Vips|\bat \w+ \(|E[A-Z]{4,}:/;

export const leaks = (ended: readonly Ended[]): string[] =>
  ended.filter(({ message }) => LEAK.test(message)).map(({ file, message }) => `${nameOf(file)}: ${message}`);

export function countsOf(ended: readonly Ended[]): Map<Outcome, number> {
  const counts = new Map<Outcome, number>();
  for (const { outcome } of ended) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  return new Map([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
