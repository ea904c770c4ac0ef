import type { z } from 'zod';
import { isSafeToShow } from './secrets';

type Issue = z.core.$ZodIssue;

const ROOT = 'plugin::cutout';

/** One sentence for one issue: the key's path, what was expected, what was received. */
export function sentenceOf(issue: Issue, schema: z.ZodType): string {
  const at = (path: PropertyKey[]) => [ROOT, ...path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    const hint = known.length > 0 ? `, only ${known.join(', ')}` : '';
    return `${at([...issue.path, issue.keys[0] ?? ''])}: expected no such key${hint}.`;
  }
  // What a refinement or another parser says is a whole sentence already.
  if (issue.code === 'custom') return `${at(issue.path)}: ${issue.message.replace(/\.$/, '')}.`;
  return `${at(issue.path)}: ${expected(issue)}, received ${received(issue)}.`;
}

const TYPES: Record<string, string> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  number: 'a number',
  object: 'an object',
  record: 'an object',
  string: 'a text',
};

function expected(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected one of ${issue.values.map(String).join(', ')}`;
    case 'too_small':
      return `expected at least ${amount(issue.minimum, issue.origin)}`;
    case 'too_big':
      return `expected at most ${amount(issue.maximum, issue.origin)}`;
    case 'invalid_key':
      return issue.issues[0]?.message ?? 'expected another name';
    case 'invalid_format':
      return issue.format === 'url' ? 'expected a URL' : issue.message;
    default:
      return issue.message.replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());
  }
}

function amount(limit: number | bigint, origin: string): string {
  if (origin === 'array') return `${limit} ${limit === 1 ? 'entry' : 'entries'}`;
  if (origin === 'string') return `${limit} ${limit === 1 ? 'character' : 'characters'}`;
  return String(limit);
}

/** Values go into the log, where a secret must not end: not the one of a wrong type, nor one in the wrong place. */
function received(issue: Issue): string {
  const { input } = issue;
  if (input === undefined) return 'nothing';
  if (typeof input === 'object' && input !== null) {
    if (!Array.isArray(input)) return 'an object';
    return input.length === 0 ? '[]' : `a list of ${amount(input.length, 'array')}`;
  }
  if (isSafeToShow(issue)) return typeof input === 'number' ? String(input) : JSON.stringify(input);
  return typeof input === 'string' ? 'a text' : `a ${typeof input}`;
}

interface Definition {
  shape?: Record<string, z.ZodType>;
  innerType?: z.ZodType;
  valueType?: z.ZodType;
  out?: z.ZodType;
  in?: z.ZodType;
}

/** The keys that the object at `path` may have; none where the schema does not tell. */
function keysAt(schema: z.ZodType | undefined, path: PropertyKey[]): string[] {
  const def = schema?.def as Definition | undefined;
  if (!def) return [];
  const { shape, innerType, valueType } = def;
  if (shape) return path.length === 0 ? Object.keys(shape) : keysAt(shape[String(path[0])], path.slice(1));
  if (valueType) return keysAt(valueType, path.slice(1));
  if (innerType) return keysAt(innerType, path);
  const out = keysAt(def.out, path);
  return out.length > 0 ? out : keysAt(def.in, path);
}
