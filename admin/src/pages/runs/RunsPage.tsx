import { Button, Flex, Table, Tbody, Td, Th, Thead, Tr, Typography } from '@strapi/design-system';
import { Plus } from '@strapi/icons';
import { Layouts, Page } from '@strapi/strapi/admin';
import { useIntl } from 'react-intl';
import { Link } from 'react-router-dom';
import { styled } from 'styled-components';

import type { BulkView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { useRuns } from '../../services/runs';
import { Words } from '../../translations/Words';
import type { TextKey } from '../../translations/words';
import { bulkPermissions } from '../permissions';
import { progressOf } from './report';
import { RunBadge } from './RunBadge';
import { useFilterWords } from './useFilterWords';

/** Runs over the media library, the newest first. */
export default function RunsPage() {
  return (
    <Page.Protect permissions={bulkPermissions}>
      <Words>
        <Runs />
      </Words>
    </Page.Protect>
  );
}

function Runs() {
  const text = useText();
  const { data, isError } = useRuns();
  return (
    <Page.Main>
      <Page.Title>{text('pages.runs')}</Page.Title>
      <Layouts.Header
        title={text('pages.runs')}
        subtitle={text('runs.subtitle')}
        primaryAction={
          <Button tag={Link} to="new" startIcon={<Plus />}>
            {text('runs.new')}
          </Button>
        }
      />
      <Layouts.Content>
        {isError && !data ? <Typography role="alert">{text('runs.unreadable')}</Typography> : null}
        {data?.length === 0 ? <Empty /> : null}
        {data && data.length > 0 ? <RunsTable runs={data} /> : null}
      </Layouts.Content>
    </Page.Main>
  );
}

function Empty() {
  const text = useText();
  return (
    <Flex justifyContent="center" padding={8} background="neutral0" hasRadius shadow="tableShadow">
      <Typography textColor="neutral600">{text('runs.empty')}</Typography>
    </Flex>
  );
}

const columns: TextKey[] = ['runs.run', 'runs.about', 'runs.state', 'runs.progress', 'runs.created'];

const RunLink = styled(Link)`
  color: ${({ theme }) => theme.colors.primary600};
  font-size: ${({ theme }) => theme.fontSizes[2]};
  font-weight: ${({ theme }) => theme.fontWeights.semiBold};
`;

function RunsTable({ runs }: { runs: readonly BulkView[] }) {
  const text = useText();
  const about = useFilterWords();
  const { formatDate, formatNumber } = useIntl();
  return (
    <Table colCount={columns.length} rowCount={runs.length + 1} aria-label={text('pages.runs')}>
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
        {runs.map((run) => {
          const { ended, total } = progressOf(run);
          return (
            <Tr key={run.id}>
              <Td>
                <RunLink to={String(run.id)}>{text('run.title', { id: run.id })}</RunLink>
              </Td>
              <Td>
                <Typography
                  textColor="neutral800"
                  ellipsis
                  style={{ maxWidth: '32rem' }}
                  title={about(run.request.filter)}
                >
                  {about(run.request.filter)}
                </Typography>
              </Td>
              <Td>
                <Flex>
                  <RunBadge run={run} />
                </Flex>
              </Td>
              <Td>
                <Typography textColor="neutral800">
                  {text('run.of', { ended: formatNumber(ended), total: formatNumber(total) })}
                </Typography>
              </Td>
              <Td>
                <Typography textColor="neutral600">
                  {formatDate(run.createdAt, { dateStyle: 'medium', timeStyle: 'short' })}
                </Typography>
              </Td>
            </Tr>
          );
        })}
      </Tbody>
    </Table>
  );
}
