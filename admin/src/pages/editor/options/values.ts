import type { ComposeOptions } from '../../../../../server/src/api/contracts';
import { fields, type OptionName } from './fields';

/** What was chosen, as an address has it; what is left out is the default. */
export type Values = Partial<Record<OptionName, string>>;

/** The values with another one of this option; undefined takes it back to the default. */
export function withValue(values: Values, name: OptionName, value: string | undefined): Values {
  const { [name]: _before, ...others } = values;
  return value === undefined ? others : { ...others, [name]: value };
}

export interface ShadowValues {
  opacity: number;
  blur: number;
  offset: { x: number; y: number };
}

/** As the server takes a shadow of which nothing is said. */
export const usualShadow: ShadowValues = { opacity: 0.4, blur: 20, offset: { x: 0, y: 10 } };

export const shadowOf = (value: string | undefined): ShadowValues | null =>
  value === undefined ? null : (JSON.parse(value) as ShadowValues);

const isOption = (name: string): name is OptionName => Object.hasOwn(fields, name);

/** A preset's options to begin with. */
export function valuesOf(options: Partial<ComposeOptions>): Values {
  const given = Object.entries(options).filter(([name, value]) => isOption(name) && value !== undefined);
  return Object.fromEntries(
    given.map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}

/** The options as the configuration writes them, by the names of the fields. */
export function asPreset(values: Values): Record<string, unknown> {
  const names = Object.keys(fields).filter(isOption);
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = values[name];
      return value === undefined || value === '' ? [] : [[name, typed(name, value)]];
    }),
  );
}

function typed(name: OptionName, value: string): unknown {
  const { kind } = fields[name];
  if (kind === 'flag') return value === 'true';
  if (kind === 'shadow') return shadowOf(value);
  const isNumber = kind === 'number' || kind === 'picture';
  return isNumber && Number.isFinite(Number(value)) ? Number(value) : value;
}

/** Longest side of a picture that nobody gave a size: it is made while somebody looks on. */
const SHOWN_SIDE = 1200;

/** What asks the server for a picture of these options. */
export function queryOf(values: Values): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(values)) if (value !== '') query.set(name, value);
  if (!values.w && !values.h) {
    query.set('w', String(SHOWN_SIDE));
    query.set('h', String(SHOWN_SIDE));
    query.set('enlarge', 'false');
    // It would distort, where it now stands for nothing.
    query.delete('exact_resize');
  }
  return query.toString();
}
