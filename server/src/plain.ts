/** Control characters, line separators and the marks that turn the direction of text: none of them belongs in a sentence. */
// eslint-disable-next-line no-control-regex -- they are what is looked for
export const UNPRINTABLE = /[\u0000-\u001f\u007f-\u009f\u2028\u2029\u200e\u200f\u202a-\u202e\u2066-\u2069]+/g;
/** Half a letter, as cutting leaves it: PostgreSQL takes no JSON with one. */
const HALF_LETTER = /\p{Surrogate}/gu;

/** As long as a sentence may be that goes into a log line, a row or an answer. */
const MAX_LETTERS = 2000;

/**
 * A text of unknown origin (a file's name, a preset's, what a provider says) as one line of bounded length, so that it
 * can neither forge a log line nor fill a table.
 */
export function plain(text: string, most = MAX_LETTERS): string {
  // Cut first: cleaning 900 kB to keep 100 letters would be work that a stranger orders.
  const kept = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return kept.replace(UNPRINTABLE, ' ').replace(HALF_LETTER, '\ufffd');
}
