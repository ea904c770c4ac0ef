import { Flex, Typography } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import type { Usage } from './figures';
import { headlineOf } from './headline';
import { useFormats } from './useFormats';

interface HeadlineProps {
  usage: Usage;
  isAsking: boolean;
}

/** The sentence in the reader's language. */
export function useHeadline({ usage, isAsking }: HeadlineProps): string {
  const text = useText();
  const { day } = useFormats();
  const headline = headlineOf(usage, isAsking);
  return text(headline.key, { ...headline.values, when: headline.day ? day(headline.day) : '' });
}

/** The sentence, and how old what it says of the account is. */
export function Headline({ usage, isAsking }: HeadlineProps) {
  const text = useText();
  const { ago } = useFormats();
  const sentence = useHeadline({ usage, isAsking });
  const { account, now } = usage;
  const age = account ? text('credits.read', { ago: ago(account.asOf, now) }) : null;
  return (
    <Flex direction="column" alignItems="flex-start" gap={1} role="status">
      <Typography tag="h2" variant="alpha" textColor="neutral800">
        {sentence}
      </Typography>
      {isAsking || age ? (
        <Typography textColor="neutral600">{isAsking ? text('credits.asking') : age}</Typography>
      ) : null}
    </Flex>
  );
}
