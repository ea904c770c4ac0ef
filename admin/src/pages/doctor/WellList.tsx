import { Flex, Typography } from '@strapi/design-system';
import { styled } from 'styled-components';

import type { CheckResult } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { FactList } from './FactList';

const Row = styled.li`
  display: grid;
  grid-template-columns: minmax(0, 1fr);
  gap: ${({ theme }) => theme.spaces[1]};
  padding: ${({ theme }) => `${theme.spaces[3]} ${theme.spaces[5]}`};
  & + & {
    border-top: 1px solid ${({ theme }) => theme.colors.neutral150};
  }
  @media (min-width: 768px) {
    grid-template-columns: 20rem minmax(0, 1fr);
    gap: ${({ theme }) => theme.spaces[4]};
  }
`;

/** What is in order, a line each. */
export function WellList({ checks }: { checks: readonly CheckResult[] }) {
  const text = useText();
  if (checks.length === 0) return null;
  return (
    <Flex tag="section" direction="column" alignItems="stretch" gap={3}>
      <Typography tag="h2" variant="delta">
        {text('doctor.well')}
      </Typography>
      <Flex tag="ul" direction="column" alignItems="stretch" background="neutral0" hasRadius shadow="tableShadow">
        {checks.map((check) => (
          <Row key={check.id}>
            <Typography tag="h3" fontWeight="semiBold" textColor="neutral800">
              {text(`doctor.check.${check.id}`)}
            </Typography>
            <FactList check={check} />
          </Row>
        ))}
      </Flex>
    </Flex>
  );
}
