import { type ReactNode, useId, useState } from 'react';

import { Box, Button, Flex, Typography } from '@strapi/design-system';

import type { CallView } from '../../../../../server/src/api/contracts';
import { useText } from '../../../hooks/useText';
import { type CallsAsked, useCalls } from '../../../services/api';
import { Sentence } from '../Card';
import { CallRows } from './CallRows';

interface CallListProps extends Pick<CallsAsked, 'outcome' | 'period'> {
  title: string;
  about: string;
  /** What can be done with a call. */
  action?: { heading: string; of: (call: CallView) => ReactNode } | undefined;
}

/** Paid calls page by page. Where there are none there is nothing to see. */
export function CallList({ title, about, action, ...asked }: CallListProps) {
  const text = useText();
  const id = useId();
  const [page, setPage] = useState(1);
  const { data } = useCalls({ ...asked, page });
  const { total = 0, pageSize = 1 } = data?.meta ?? {};
  const pages = Math.max(1, Math.ceil(total / pageSize));
  if (!data || total === 0) return null;
  const turn = (to: number, label: string) => (
    <Button size="S" variant="tertiary" disabled={to < 1 || to > pages} onClick={() => setPage(to)}>
      {label}
    </Button>
  );
  return (
    <Flex tag="section" aria-labelledby={id} direction="column" alignItems="stretch" gap={3} width="100%">
      <Box>
        <Typography id={id} tag="h3" variant="delta">
          {title}
        </Typography>
        <Sentence>{about}</Sentence>
      </Box>
      <CallRows calls={data.data} labelledBy={id} action={action} />
      {pages > 1 || page > 1 ? (
        <Flex gap={3} justifyContent="flex-end">
          {turn(Math.min(page - 1, pages), text('credits.calls.newer'))}
          <Typography textColor="neutral600">{text('credits.calls.page', { page, pages })}</Typography>
          {turn(page + 1, text('credits.calls.older'))}
        </Flex>
      ) : null}
    </Flex>
  );
}
