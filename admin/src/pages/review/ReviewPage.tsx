import { Flex, Typography } from '@strapi/design-system';
import { Layouts, Page } from '@strapi/strapi/admin';

import { useText } from '../../hooks/useText';
import { useLibrary } from '../../services/library';
import { Words } from '../../translations/Words';
import { readPermissions } from '../permissions';
import { Queue } from './Queue';

/** Doubtful cutouts, the least sure ones first, one after the other. */
export default function ReviewPage() {
  return (
    <Page.Protect permissions={readPermissions}>
      <Words>
        <Review />
      </Words>
    </Page.Protect>
  );
}

const search = { state: 'review', sort: 'confidence:asc', pageSize: '100' };

function Review() {
  const text = useText();
  const { data, isError, refetch } = useLibrary(search);
  return (
    <Page.Main>
      <Page.Title>{text('review.title')}</Page.Title>
      <Layouts.Header title={text('review.title')} subtitle={text('review.subtitle')} />
      <Layouts.Content>
        {isError && !data ? <Typography role="alert">{text('cutouts.unreadable')}</Typography> : null}
        {data && data.data.length === 0 ? (
          <Flex role="status" justifyContent="center" padding={8} background="neutral0" hasRadius shadow="tableShadow">
            <Typography textColor="neutral600">{text('review.empty')}</Typography>
          </Flex>
        ) : null}
        {data && data.data.length > 0 ? (
          <Queue files={data.data} total={data.meta.pagination.total} onReload={() => void refetch()} />
        ) : null}
      </Layouts.Content>
    </Page.Main>
  );
}
