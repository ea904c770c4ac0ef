import fc from 'fast-check';
import type { Schema } from './operations';

/** Names at which code that takes an object for a table goes wrong. */
const PROTOTYPE = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', '__defineGetter__'];
const ODD_TEXTS = [
  ...PROTOTYPE,
  ...['', ' ', '0', '-1', '1e309', 'NaN', 'null', 'true', '[]', '{}', '\0', '%', '%00', '%E0%A4%A', '../../etc/passwd'],
  ...["' or 1=1 --", '"', '<script>', '${7*7}', '\ud800', '𝒳', 'İ', '\u202e', '9007199254740993', '2147483648'],
];

export const oddText: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(...ODD_TEXTS),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.integer({ min: 1000, max: 4000 }).map((length) => 'x'.repeat(length)),
);

/** Any JSON, prototypes' names among its keys. */
export const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  oddText,
  fc.constantFrom(null, true, false, 0, -1, 0.5, 1e308, Number.MAX_SAFE_INTEGER, 2 ** 31),
  fc.jsonValue({ maxDepth: 3 }),
  fc.dictionary(fc.oneof(oddText, fc.constantFrom(...PROTOTYPE)), fc.jsonValue({ maxDepth: 1 }), { maxKeys: 4 }),
  fc.array(oddText, { maxLength: 8 }),
  fc.integer({ min: 100, max: 3000 }).map((length) => Array.from({ length }, () => 'default')),
  // As deep as no reader of JSON should follow by itself.
  fc.integer({ min: 50, max: 2000 }).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown),
);

/** What a schema takes. */
export function fitting(schema: Schema): fc.Arbitrary<unknown> {
  if (schema.const !== undefined) return fc.constant(schema.const);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (schema.anyOf) return fc.oneof(...schema.anyOf.map(fitting));
  switch (schema.type) {
    case 'boolean':
      return fc.boolean();
    case 'integer':
      return fc.integer({ min: schema.minimum ?? 0, max: Math.min(schema.maximum ?? 1e6, 2 ** 31 - 1) });
    case 'number':
      return fc.double({ min: schema.minimum ?? -1e6, max: schema.maximum ?? 1e6, noNaN: true });
    case 'array':
      return fc.array(fitting(schema.items ?? {}), {
        minLength: schema.minItems ?? 0,
        maxLength: Math.min(schema.maxItems ?? 3, 3),
      });
    case 'object':
      return objectOf(schema);
    case 'string':
      return schema.pattern
        ? fc.stringMatching(new RegExp(schema.pattern))
        : fc.string({ maxLength: Math.min(schema.maxLength ?? 20, 20) });
    default:
      return fc.jsonValue({ maxDepth: 1 });
  }
}

function objectOf({ properties = {}, required = [] }: Schema): fc.Arbitrary<unknown> {
  const model = Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, fitting(schema)]));
  return fc.record(model, { requiredKeys: required });
}

/** One that fits, with some of its values put wrong, left out or added to. */
export const nearly = (schema: Schema): fc.Arbitrary<unknown> => {
  if (schema.type !== 'object') return oddValue;
  const names = Object.keys(schema.properties ?? {});
  const key = fc.oneof(fc.constantFrom(...names, ...PROTOTYPE), oddText);
  return fc
    .tuple(objectOf(schema), fc.array(fc.tuple(key, oddValue), { minLength: 1, maxLength: 3 }))
    .map(([good, bad]) => {
      const entries = [...Object.entries(good as object), ...bad] as [string, unknown][];
      // By JSON, where `__proto__` is a name like any other.
      return JSON.parse(
        `{${entries.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`,
      ) as unknown;
    });
};
