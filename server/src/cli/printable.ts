import { UNPRINTABLE } from '../plain';

/** A name of a file as one line: it may hold line breaks, and sequences that a terminal would obey. */
export function printable(name: string): string {
  return name.replaceAll(UNPRINTABLE, (run) => Array.from(run, escaped).join(''));
}

const SHORT: Record<string, string> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escaped(character: string): string {
  const code = character.charCodeAt(0).toString(16);
  return SHORT[character] ?? (code.length > 2 ? `\\u${code}` : `\\x${code.padStart(2, '0')}`);
}
