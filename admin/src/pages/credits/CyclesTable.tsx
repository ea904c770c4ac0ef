import { useId } from 'react';

import { Badge, Box, Flex, Table, Tbody, Td, Th, Thead, Tr, Typography } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import type { TextKey } from '../../translations/words';
import { Sentence } from './Card';
import type { Usage } from './figures';
import { useFormats } from './useFormats';

const columns: TextKey[] = [
  'credits.cycles.period',
  'credits.cycles.app',
  'credits.cycles.api',
  'credits.cycles.total',
];

/** The account's billing cycles, newest first. */
export function CyclesTable({ cycles, cycle }: Pick<Usage, 'cycles' | 'cycle'>) {
  const text = useText();
  const { number, period } = useFormats();
  const id = useId();
  return (
    <Flex tag="section" aria-labelledby={id} direction="column" alignItems="stretch" gap={3} paddingTop={4}>
      <Box>
        <Typography id={id} tag="h2" variant="delta" fontWeight="semiBold">
          {text('credits.cycles.title')}
        </Typography>
        <Sentence>{text(cycles.length > 0 ? 'credits.cycles.about' : 'credits.cycles.empty')}</Sentence>
      </Box>
      {cycles.length === 0 ? null : (
        <Table colCount={columns.length} rowCount={cycles.length + 1} aria-labelledby={id}>
          <Thead>
            <Tr>
              {columns.map((key) => (
                // The design system makes every cell a `gridcell`; a header has to say that it is one.
                <Th key={key} role="columnheader" scope="col">
                  <Typography variant="sigma" textColor="neutral600">
                    {text(key)}
                  </Typography>
                </Th>
              ))}
            </Tr>
          </Thead>
          <Tbody>
            {cycles.map(({ startsAt, endsAt, appUsage, apiUsage }) => (
              <Tr key={startsAt}>
                <Td>
                  <Flex gap={3}>
                    <Typography textColor="neutral800">{period({ startsAt, endsAt })}</Typography>
                    {cycle.synced && startsAt === cycle.startsAt ? (
                      <Badge size="S">{text('credits.cycles.running')}</Badge>
                    ) : null}
                  </Flex>
                </Td>
                {[appUsage, apiUsage, appUsage + apiUsage].map((credits, column) => (
                  <Td key={columns[column + 1]}>
                    <Typography textColor="neutral800">{number(credits)}</Typography>
                  </Td>
                ))}
              </Tr>
            ))}
          </Tbody>
        </Table>
      )}
    </Flex>
  );
}
