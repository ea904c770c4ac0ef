import type { TextKey } from '../translations/words';

/** Stops that end at the account itself and not by the turn of a window, with the words of the button that checks. */
const labels: Record<string, TextKey> = {
  'remote.invalid-key': 'account.check',
  'remote.forbidden': 'account.check',
  'remote.email-not-verified': 'account.check.verified',
};

/** The button's words for a reason; `null` where checking the account again would tell nothing new. */
export function checkLabel(code: string): TextKey | null {
  return labels[code] ?? null;
}
