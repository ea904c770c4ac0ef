import type { EngineName, OverviewResponse } from '../../../server/src/api/contracts';
import type { Text } from '../hooks/useText';
import { reasonText } from '../panel/reasonText';

type Remote = OverviewResponse['data']['engines']['remote'];

/**
 * What an engine costs, and what keeps the Rembg API from being used where it would be.
 * @param remote undefined while it is not known how it stands
 */
export function engineSentences(
  engine: EngineName,
  remote: Remote | undefined,
  text: Text,
): { cost: string; warning: string | null } {
  const price = text(`field.engine.cost.${engine}`);
  if (engine === 'local' || !remote) return { cost: price, warning: null };
  if (!remote.configured) return { cost: price, warning: text(`field.engine.no-key.${engine}`) };
  const { problem, spendable } = remote;
  return {
    cost: spendable === null ? price : `${price} ${text('field.engine.left', { left: spendable })}`,
    warning: problem ? text('field.engine.problem', { reason: reasonText(problem, text) }) : null,
  };
}
