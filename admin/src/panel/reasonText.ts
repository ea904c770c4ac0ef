import type { Reason } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { isTextKey } from '../translations';

/** A reason in the editor's language; the server's own sentence for a code the admin has no words for. */
export function reasonText({ code, message }: Reason, text: Text): string {
  const key = `reason.${code}`;
  return isTextKey(key) ? text(key) : message;
}
