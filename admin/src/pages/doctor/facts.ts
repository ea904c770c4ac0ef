import type { CheckResult, Fact } from '../../../../server/src/api/contracts';
import type { Text } from '../../hooks/useText';
import { reasonText } from '../../panel/reasonText';
import { isTextKey } from '../../translations/words';

export interface FactFormats {
  text: Text;
  /** In the reader's language and time zone. */
  moment(iso: string): string;
  unit(value: number, unit: string): string;
  number(value: number): string;
}

/** Whole sentences of the server, shown by themselves. */
const SENTENCES = ['detail'];
/** Lists of facts by name, which their own names say in the reader's language. */
const LISTS: Record<string, string> = { work: '', folders: 'folder-' };

/** A fact's name in the reader's language; its own where there are no words for it. */
export function factName({ name }: Fact, text: Text): string {
  const key = `doctor.fact.${name}`;
  return isTextKey(key) ? text(key) : name;
}

export function factValue({ name, kind, value }: Fact, { text, moment, unit, number }: FactFormats): string {
  if (value === null) return text('doctor.unknown');
  if (typeof value === 'boolean') return text(value ? 'doctor.yes' : 'doctor.no');
  if (typeof value === 'string') return kind === 'time' ? moment(value) : word(name, value, text);
  if (kind === 'bytes') return bytes(value, unit);
  return kind === 'ms' ? duration(value, unit) : number(value);
}

/** Words of the server that the reader's language has words for. */
function word(name: string, value: string, text: Text): string {
  if (name === 'code') return reasonText({ code: value, message: value }, text);
  const prefix = LISTS[name];
  const keys = prefix === undefined ? [`doctor.${name}.${value}`] : listed(value, prefix);
  const known = keys.filter(isTextKey);
  return known.length === keys.length ? known.map((key) => text(key)).join(', ') : value;
}

const listed = (value: string, prefix: string) => value.split(', ').map((one) => `doctor.fact.${prefix}${one}`);

function bytes(value: number, unit: FactFormats['unit']): string {
  return value >= 1e9 ? unit(value / 1e9, 'gigabyte') : unit(Math.round(value / 1e6), 'megabyte');
}

const STEPS: [ms: number, unit: string][] = [
  [24 * 60 * 60 * 1000, 'day'],
  [60 * 60 * 1000, 'hour'],
  [60 * 1000, 'minute'],
  [1000, 'second'],
];

function duration(ms: number, unit: FactFormats['unit']): string {
  const step = STEPS.find(([least]) => Math.abs(ms) >= least);
  return step ? unit(ms / step[0], step[1]) : unit(Math.round(ms), 'millisecond');
}

/** The sentence of the server itself, where it has one. */
export function detailOf({ facts }: CheckResult): string | null {
  const detail = facts.find(({ name }) => SENTENCES.includes(name))?.value;
  return typeof detail === 'string' ? detail : null;
}

export const shownFacts = ({ facts }: CheckResult): Fact[] => facts.filter(({ name }) => !SENTENCES.includes(name));

/** What its sentences name: numbers as they are where words are chosen by them, all else as it is shown. */
export function sentenceValues({ facts }: CheckResult, formats: FactFormats): Record<string, string | number> {
  return Object.fromEntries(
    facts.map((fact) => [
      fact.name,
      fact.kind === 'count' && typeof fact.value === 'number' ? fact.value : factValue(fact, formats),
    ]),
  );
}
