import type { z } from 'zod';

/** Keys whose value may be a secret or hold one: a key, or a URL with a password or a signature. */
const SECRET_KEY = /key|secret|token|password|mirror|registry|redis|url|bg_image/i;
/** Longer texts are no slip of the pen in a name, a number or a choice. */
const MAX_SHOWN = 60;

/** Whether a refused value may stand in a message: texts only where a word or number was expected, short and no URL. */
export function isSafeToShow(issue: z.core.$ZodIssue): boolean {
  const { input, path } = issue;
  if (path.some((part) => SECRET_KEY.test(String(part)))) return false;
  if (typeof input !== 'string') return true;
  // `remote: env('REMBG_API_KEY')` is a slip that is easily made.
  if (issue.code === 'invalid_type' && ['object', 'record'].includes(issue.expected)) return false;
  return input.length <= MAX_SHOWN && !input.includes('://');
}

/** Takes the URLs, and what `bg_image` was given, out of the sentence about a compose option. */
export function withoutUrls(message: string): string {
  if (message.startsWith("'bg_image'")) return message.replace(/, got: .*$/s, '');
  return message.replaceAll(/[a-z][a-z0-9+.-]*:\/\/[^\s'"]*/gi, '(a URL)');
}
