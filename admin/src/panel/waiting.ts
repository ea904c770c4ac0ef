import type { TextKey } from '../translations/words';

/** What a waiting job waits for, by the code of its reason. */
const waits: Record<string, string[]> = {
  'state.waiting.for.account': [
    'remote.invalid-key',
    'remote.forbidden',
    'remote.email-not-verified',
    'remote.key-and-token',
    'remote.not-configured',
  ],
  'state.waiting.for.credits': ['remote.daily-limit', 'remote.monthly-limit', 'budget.reached', 'budget.reserve'],
  'state.waiting.for.service': [
    'remote.rate-limited',
    'remote.unreachable',
    'remote.server-error',
    'remote.timeout',
    'budget.balance-unknown',
  ],
  'state.waiting.for.model': [
    'model.missing',
    'model.corrupt',
    'model.download-failed',
    'model.cache',
    'model.unknown',
    'model.incompatible',
    'model.license',
    'model.unsupported-platform',
    'model.runtime-missing',
  ],
  'state.waiting.for.storage': ['source.unreadable', 'store.failed', 'storage.unavailable'],
} satisfies Partial<Record<TextKey, string[]>>;

/** The sentence that says what has to happen before a waiting job goes on. */
export function waitsFor(code: string): TextKey {
  const known = Object.entries(waits).find(([, codes]) => codes.includes(code));
  return known ? (known[0] as TextKey) : 'state.waiting.hint';
}
