import { Box, Flex, Typography } from '@strapi/design-system';
import { Layouts, Page } from '@strapi/strapi/admin';
import { useParams } from 'react-router-dom';

import type { BulkView } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { reasonText } from '../../panel/reasonText';
import { useRun } from '../../services/runs';
import { Words } from '../../translations/Words';
import { bulkPermissions } from '../permissions';
import { Report } from './Report';
import { RunBadge } from './RunBadge';
import { RunProgress } from './RunProgress';
import { RunSteps } from './RunSteps';
import { useFilterWords } from './useFilterWords';

/** One run: what its dry run found, and how far it is. */
export default function RunPage() {
  const id = Number(useParams().id);
  return (
    <Page.Protect permissions={bulkPermissions}>
      <Words>
        <Run id={id} />
      </Words>
    </Page.Protect>
  );
}

function Run({ id }: { id: number }) {
  const text = useText();
  const { data, isError } = useRun(id);
  if (!data) return isError ? <Page.Error content={text('runs.unreadable')} /> : <Page.Loading />;
  return <RunContent run={data} />;
}

function RunContent({ run }: { run: BulkView }) {
  const text = useText();
  const about = useFilterWords();
  const title = text('run.title', { id: run.id });
  return (
    <Page.Main>
      <Page.Title>{title}</Page.Title>
      <Layouts.Header
        title={title}
        subtitle={about(run.request.filter)}
        primaryAction={<RunBadge run={run} isLive />}
      />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={4}>
          {run.reason ? (
            <Box role="status" padding={4} background="warning100" hasRadius>
              <Typography textColor="neutral800">{reasonText(run.reason, text)}</Typography>
            </Box>
          ) : null}
          {run.state === 'planned' ? null : <RunProgress run={run} />}
          <Report run={run} />
          <RunSteps run={run} />
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}
