import type { ReactNode } from 'react';

import { Table, Tbody, Td, Th, Thead, Tr, Typography } from '@strapi/design-system';

import type { CallView } from '../../../../../server/src/api/contracts';
import { useText } from '../../../hooks/useText';
import { reasonText } from '../../../panel/reasonText';
import type { TextKey } from '../../../translations/words';
import { useFormats } from '../useFormats';

const columns: TextKey[] = [
  'credits.calls.when',
  'credits.calls.file',
  'credits.calls.source',
  'credits.calls.outcome',
];

interface CallRowsProps {
  calls: readonly CallView[];
  labelledBy: string;
  /** What can be done with a call; without it there is no such column. */
  action?: { heading: string; of: (call: CallView) => ReactNode } | undefined;
}

/** Paid calls, one a row. */
export function CallRows({ calls, labelledBy, action }: CallRowsProps) {
  const text = useText();
  const { utc } = useFormats();
  const headings = [...columns.map((key) => text(key)), ...(action ? [action.heading] : [])];
  const outcomeOf = ({ outcome, reason, settledBy }: CallView): string[] => [
    text(`credits.calls.outcome.${outcome}`),
    ...(reason ? [reasonText({ code: reason, message: reason }, text)] : []),
    ...(settledBy ? [text('credits.calls.settled-by', { name: settledBy })] : []),
  ];
  return (
    <Table colCount={headings.length} rowCount={calls.length + 1} aria-labelledby={labelledBy}>
      <Thead>
        <Tr>
          {headings.map((heading) => (
            // The design system makes every cell a `gridcell`; a header has to say that it is one.
            <Th key={heading} role="columnheader" scope="col">
              <Typography variant="sigma" textColor="neutral600">
                {heading}
              </Typography>
            </Th>
          ))}
        </Tr>
      </Thead>
      <Tbody>
        {calls.map((call) => (
          <Tr key={call.id}>
            <Td>
              <Typography textColor="neutral800">{utc(call.endedAt)}</Typography>
            </Td>
            <Td>
              <Typography textColor="neutral800">
                {call.fileName ?? text('credits.calls.file-number', { id: call.fileId ?? 0 })}
              </Typography>
            </Td>
            <Td>
              <Typography textColor="neutral800">
                {call.source ? text(`credits.chart.source.${call.source}`) : ''}
              </Typography>
            </Td>
            <Td>
              {outcomeOf(call).map((line, index) => (
                <Typography
                  key={line}
                  tag="p"
                  {...(index === 0 ? {} : { variant: 'pi' as const })}
                  textColor={index === 0 ? 'neutral800' : 'neutral600'}
                  style={{ whiteSpace: 'normal', minWidth: '22rem' }}
                >
                  {line}
                </Typography>
              ))}
            </Td>
            {action ? <Td>{action.of(call)}</Td> : null}
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}
