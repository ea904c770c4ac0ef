import type { RoundName, RoundNote } from '../../doctor-words';
import { roundName, roundNote } from '../../doctor-words';
import { LOCK, type LockRow } from '../../tables/locks';
import { type Check, type Finding, finding, LIMIT_MS, moment, textFact, well } from '../check';

/** Rounds that were missed before one counts as late; the work itself takes a while too. */
const MISSED = 3;
const LEEWAY_MS = 5 * 60_000;

export type Rounds = Record<RoundName, RoundNote | null>;

/** When the work that one process does for all was last done. */
export const rounds: Check = {
  id: 'rounds',
  limitMs: LIMIT_MS,
  async look({ strapi, app }) {
    const where = { name: { $in: [...roundName.options] } };
    const rows = (await strapi.db.query(LOCK).findMany({ where })) as LockRow[];
    const noteOf = (name: RoundName) => roundNote.safeParse(rows.find((row) => row.name === name)?.note).data ?? null;
    const [watch, reconcile, sweep, prune] = roundName.options.map(noteOf);
    return judgeRounds({ watch: watch!, reconcile: reconcile!, sweep: sweep!, prune: prune! }, app.clock.now());
  },
};

export function judgeRounds(notes: Rounds, now: number): Finding {
  const facts = roundName.options.map((name) => moment(name, notes[name]?.endedAt ?? null));
  const those = (is: (note: RoundNote | null) => boolean) => roundName.options.filter((name) => is(notes[name]));
  const told = (names: RoundName[]) => [textFact('work', names.join(', ')), ...facts];

  const failing = those((note) => note !== null && note.failed !== null);
  const codes = [...new Set(failing.map((name) => notes[name]!.failed))].join(', ');
  if (failing.length > 0) return finding('error', 'rounds.failing', [...told(failing), textFact('code', codes)]);
  const late = those((note) => note !== null && now - note.endedAt > MISSED * note.everyMs + LEEWAY_MS);
  if (late.length > 0) return finding('warning', 'rounds.late', told(late));
  const never = those((note) => note === null);
  return never.length > 0 ? finding('unknown', 'rounds.never', told(never)) : well(facts);
}
