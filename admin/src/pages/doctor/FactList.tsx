import { Flex } from '@strapi/design-system';

import type { CheckResult } from '../../../../server/src/api/contracts';
import { Fact } from '../Sheet';
import { factName, factValue, shownFacts } from './facts';
import { useFactFormats } from './useFactFormats';

/** Names and figures one after the other, as many on a line as fit. */
export function FactList({ check }: { check: CheckResult }) {
  const formats = useFactFormats();
  const facts = shownFacts(check);
  if (facts.length === 0) return null;
  return (
    <Flex tag="dl" wrap="wrap" gap={1} minWidth={0} style={{ columnGap: '2rem' }}>
      {facts.map((fact, index) => (
        // Several processes bear one name.
        <Flex key={`${fact.name}-${index}`} gap={1} wrap="wrap" minWidth={0}>
          <Fact name={factName(fact, formats.text)}>{factValue(fact, formats)}</Fact>
        </Flex>
      ))}
    </Flex>
  );
}
