import type { z } from 'zod';
import { CutoutError } from '../errors';
import { type Config, configSchema } from './schema';

/**
 * Checks `config/plugins` → `cutout.config`.
 * @throws CutoutError `config.invalid`, one sentence that names the key, what was expected and what was received.
 */
export function parseConfig(input: unknown): Config {
  const result = configSchema.safeParse(input ?? {}, { reportInput: true });
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new CutoutError('config.invalid', issue ? sentence(issue) : 'plugin::cutout: the configuration is not valid.');
}

function sentence(issue: z.core.$ZodIssue): string {
  const at = (path: PropertyKey[]) => ['plugin::cutout', ...path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const [key] = issue.keys;
    return `${at([...issue.path, key ?? ''])}: expected no such key; see the README for the keys there are.`;
  }
  return `${at(issue.path)}: ${lowerFirst(issue.message)}${received(issue)}.`;
}

const lowerFirst = (text: string) =>
  text
    .replace(/^Invalid (input|option): /, '')
    .replace(/, received .*$/, '')
    .replace(/^[A-Z](?=[a-z])/, (letter) => letter.toLowerCase());

function received(issue: z.core.$ZodIssue): string {
  if (issue.code === 'custom') return '';
  return `, received ${issue.input === undefined ? 'nothing' : JSON.stringify(issue.input)}`;
}
