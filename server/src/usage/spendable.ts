import type { BudgetSettings } from './budget';
import type { Ledger } from './ledger';
import type { Service } from './service';
import type { Windows } from './windows';

interface Parts {
  ledger: Pick<Ledger, 'totals'>;
  windows: Pick<Windows, 'current'>;
  service: Pick<Service, 'balance'> | null;
}

/**
 * Credits that may be spent until the renewal: what the account has beyond its reserve, and what the budget leaves. Null
 * without an API key, or where neither says anything.
 */
export async function spendableCredits(
  { credits, reserve }: Pick<BudgetSettings, 'credits' | 'reserve'>,
  { ledger, windows, service }: Parts,
): Promise<number | null> {
  if (!service) return null;
  const balance = await service.balance();
  const left: number[] = balance ? [balance.spendable - reserve] : [];
  if (credits !== null) {
    const { charged, unknown, reserved, held } = await ledger.totals((await windows.current()).startsAt);
    left.push(credits - charged - unknown - reserved - held);
  }
  return left.length === 0 ? null : Math.max(0, Math.min(...left));
}
