import type { FieldIssue } from '../../errors';
import { type ComposeOptions, parseComposeOptions } from '../../options';
import { invalidFormat } from '../../options/fields';
import { fieldOrder, formats, formFlags } from './contracts';

export type RembgOptions = { ok: true; options: ComposeOptions } | { ok: false; issues: FieldIssue[] };

const ORDER: readonly string[] = fieldOrder;
const FORMATS: readonly string[] = formats;

/**
 * Text fields of a Rembg form as compose options, which have their names, defaults, limits and sentences. Other fields,
 * `return_base64` among them, mean nothing here: the answer is always the picture's bytes.
 */
export function readOptions(fields: ReadonlyMap<string, string>): RembgOptions {
  const text = (name: string): string => fields.get(name)?.trim() ?? '';
  const format = text('format');
  const served = format === '' || FORMATS.includes(format.toLowerCase());
  const given: Record<string, unknown> = { format: served ? format : '' };
  for (const name of ['w', 'h', 'angle', 'bg_color']) given[name] = text(name);
  // OPEN in the documents: what other words mean. They have no error for them, so they mean "no".
  for (const name of formFlags) given[name] = text(name) === '' ? '' : ['true', '1'].includes(text(name).toLowerCase());

  const parsed = parseComposeOptions(given);
  const issues = parsed.ok ? [] : [...parsed.issues];
  if (!served) issues.push({ field: 'format', message: invalidFormat(format) });
  if (parsed.ok && issues.length === 0) return parsed;
  issues.sort((a, b) => ORDER.indexOf(a.field) - ORDER.indexOf(b.field));
  return { ok: false, issues };
}
