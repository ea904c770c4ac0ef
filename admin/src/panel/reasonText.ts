import type { Reason } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { english, isTextKey } from '../translations/words';

/**
 * A reason in the editor's language; the server's own sentence for a code the admin has no words for, and where it does
 * not say what the words name.
 */
export function reasonText({ code, message }: Reason, text: Text, values: Record<string, number> = {}): string {
  const key = `reason.${code}`;
  if (!isTextKey(key)) return message;
  const named = [...english[key].matchAll(/\{(\w+)[,}]/g)].map(([, name]) => name!);
  return named.every((name) => name in values) ? text(key, values) : message;
}
