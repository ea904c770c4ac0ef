import { Flex, Link } from '@strapi/design-system';
import { NavLink } from 'react-router-dom';

import { useMayRead } from '../../../hooks/useAllowed';
import { useText } from '../../../hooks/useText';
import { reasonText } from '../../../panel/reasonText';
import { pluginId } from '../../../pluginId';
import { Card, Sentence } from '../Card';
import type { Usage } from '../figures';
import { useFormats } from '../useFormats';

const addressOf = (state: string, code: string) =>
  `/plugins/${pluginId}?${new URLSearchParams({ state, reason: code }).toString()}`;

/** How many images wait for money, the account or a person, and for what. */
export function WaitingCard({ usage }: { usage: Pick<Usage, 'budget' | 'waiting'> }) {
  const text = useText();
  const { number } = useFormats();
  const mayRead = useMayRead();
  const { budget, waiting } = usage;
  const total = waiting.reduce((sum, { count }) => sum + count, 0);
  const amounts: Record<string, number> = {
    'budget.reached': budget.credits ?? 0,
    'budget.reserve': budget.reserve,
  };
  return (
    <Card title={text('credits.waiting.title')} figure={number(total)}>
      {waiting.length === 0 ? <Sentence>{text('credits.waiting.none')}</Sentence> : null}
      <Flex tag="ul" direction="column" alignItems="stretch" gap={2}>
        {waiting.map(({ state, code, count }) => {
          const credits = amounts[code];
          const reason = reasonText({ code, message: code }, text, credits === undefined ? {} : { credits });
          const label = text('credits.waiting.for', { count, reason });
          return (
            <li key={`${state} ${code}`}>
              {mayRead ? (
                <Link tag={NavLink} to={addressOf(state, code)}>
                  {label}
                </Link>
              ) : (
                <Sentence>{label}</Sentence>
              )}
            </li>
          );
        })}
      </Flex>
    </Card>
  );
}
