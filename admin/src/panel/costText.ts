import type { Text } from '../hooks/useText';
import type { Cost } from './actions';

/** What a button's press costs, in a few words. */
export function costText(cost: Cost, text: Text): string {
  if (cost.kind === 'paid') return text('cost.paid');
  if (cost.kind === 'credit')
    return cost.left === null ? text('cost.credit') : text('cost.credit.left', { left: cost.left });
  return cost.seconds === null ? text('cost.free') : text('cost.free.about', { seconds: cost.seconds });
}
