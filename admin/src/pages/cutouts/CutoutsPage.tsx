import { Flex, Loader, Typography } from '@strapi/design-system';
import { Layouts, Page, Pagination, SearchInput } from '@strapi/strapi/admin';

import { useText } from '../../hooks/useText';
import { EngineBanners } from '../../panel/EngineBanners';
import { useLibrary } from '../../services/library';
import { Words } from '../../translations/Words';
import { readPermissions } from '../permissions';
import { Filters, FilterTags } from './Filters';
import { Gallery } from './Gallery';
import { isFiltered, PAGE_SIZE } from './search';
import { SortSelect } from './SortSelect';
import { useSearch } from './useSearch';

/** All pictures of the media library by how their cutouts stand. */
export default function CutoutsPage() {
  return (
    <Page.Protect permissions={readPermissions}>
      <Words>
        <Cutouts />
      </Words>
    </Page.Protect>
  );
}

function Cutouts() {
  const text = useText();
  const { search, change } = useSearch();
  const { data, isError } = useLibrary(search);
  const total = data?.meta.pagination.total;
  return (
    <Page.Main>
      <Page.Title>{text('cutouts.title')}</Page.Title>
      <Layouts.Header
        title={text('cutouts.title')}
        subtitle={total === undefined ? text('cutouts.subtitle') : text('cutouts.count', { count: total })}
      />
      <Layouts.Action
        startActions={
          <>
            <SearchInput label={text('cutouts.search')} placeholder={text('cutouts.search')} />
            <Filters search={search} onChange={change} />
          </>
        }
        endActions={<SortSelect value={search.sort} onChange={(sort) => change({ sort })} />}
      />
      <Layouts.Content>
        <Flex direction="column" alignItems="stretch" gap={4}>
          <EngineBanners />
          <FilterTags search={search} onChange={change} />
          {data || isError ? null : (
            <Flex justifyContent="center" padding={8}>
              <Loader>{text('cutouts.loading')}</Loader>
            </Flex>
          )}
          {isError ? <Said words={text('cutouts.unreadable')} /> : null}
          {data && data.data.length === 0 ? (
            <Said words={text(isFiltered(search) ? 'cutouts.none-found' : 'cutouts.empty')} />
          ) : null}
          {data ? <Gallery key={data.data.map(({ id }) => id).join()} files={data.data} /> : null}
          {data ? (
            <Pagination.Root {...data.meta.pagination} defaultPageSize={PAGE_SIZE}>
              <Pagination.PageSize options={['20', '50', '100']} />
              <Pagination.Links />
            </Pagination.Root>
          ) : null}
        </Flex>
      </Layouts.Content>
    </Page.Main>
  );
}

function Said({ words }: { words: string }) {
  return (
    <Flex role="status" justifyContent="center" padding={8} background="neutral0" hasRadius shadow="tableShadow">
      <Typography textColor="neutral600">{words}</Typography>
    </Flex>
  );
}
