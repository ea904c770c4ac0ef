import type { z } from 'zod';
import type { FieldIssue } from '../errors';
import { pythonRepr } from './python';
import { composeOptions, type ComposeOptions } from './schema';

export type ParsedOptions = { ok: true; options: ComposeOptions } | { ok: false; issues: FieldIssue[] };

/** Reads compose options from JSON or form fields; answers with every problem at once, in the order of the options. */
export function parseComposeOptions(input: unknown): ParsedOptions {
  const result = composeOptions.safeParse(input ?? {});
  if (!result.success) return { ok: false, issues: result.error.issues.flatMap(fieldIssues) };
  const present = Object.entries(result.data).filter(([, value]) => value !== undefined);
  return { ok: true, options: Object.fromEntries(present) as ComposeOptions };
}

function fieldIssues(issue: z.core.$ZodIssue): FieldIssue[] {
  const path = issue.path.filter((part) => typeof part === 'string');
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownOption(path, key));
  return [{ field: path.join('.'), message: issue.message }];
}

const KNOWN: Record<string, string> = {
  '': Object.keys(composeOptions.shape).join(', '),
  shadow: 'opacity, blur, offset',
  'shadow.offset': 'x, y',
};

function unknownOption(path: string[], key: string): FieldIssue {
  const known = KNOWN[path.join('.')] ?? '';
  return { field: [...path, key].join('.'), message: `Unknown option ${pythonRepr(key)}. Known options: ${known}` };
}
