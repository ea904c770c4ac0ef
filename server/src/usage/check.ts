import type { ErrorCode } from '../errors';
import type { Reason } from '../words';
import type { Service } from './service';
import { MONEY_CODES } from './watch';

/** Stops that are about the key or the account: a person ends them there, and not the turn of a window. */
export const ACCOUNT_STOPS: readonly string[] = [
  'remote.invalid-key',
  'remote.forbidden',
  'remote.email-not-verified',
] satisfies ErrorCode[];

/**
 * Asks the account at once, which is free. When it answers, a stop for a refused key or want of credits ends, and the
 * jobs that waited for that look again.
 * @returns why the account still takes no calls; null when it does
 */
export async function checkAccount(
  service: Service | null,
  wake: (codes: readonly string[]) => Promise<void>,
): Promise<Reason | null> {
  if (!service) return { code: 'remote.not-configured', message: 'No API key is configured.' };
  // Side by side: whoever asked waits for the answer.
  const [answered] = await Promise.all([service.client.probe(), service.account.view(0)]);
  if (answered) {
    await wake(MONEY_CODES);
    return null;
  }
  const problem = service.account.problem();
  return { code: problem?.code ?? 'remote.unreachable', message: problem?.message ?? 'The account did not answer.' };
}
