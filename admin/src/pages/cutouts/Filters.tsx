import { Button, Flex, Popover, Tag } from '@strapi/design-system';
import { Cross, Filter } from '@strapi/icons';
import { useIntl } from 'react-intl';

import type { LibrarySearch } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { useLibraryFilters } from '../../services/library';
import { Choice } from '../forms/Choice';
import { dateOf, dayBefore } from '../forms/days';
import { Days } from '../forms/Days';
import { fieldOptions, toUse, valueOfUse } from '../forms/options';
import { states } from './search';
import type { ChangeSearch } from './useSearch';

interface FiltersProps {
  search: LibrarySearch;
  onChange: ChangeSearch;
}

const bounds = ['0.5', '0.7', '0.8', '0.9', '0.95'];

/** Each takes effect at once. */
export function Filters(props: FiltersProps) {
  const text = useText();
  return (
    <Popover.Root>
      <Popover.Trigger>
        <Button variant="tertiary" size="S" startIcon={<Filter />}>
          {text('filter.open')}
        </Button>
      </Popover.Trigger>
      <Popover.Content aria-label={text('filter.open')}>
        <FilterForm {...props} />
      </Popover.Content>
    </Popover.Root>
  );
}

function FilterForm({ search, onChange }: FiltersProps) {
  const text = useText();
  const { formatNumber } = useIntl();
  const known = useLibraryFilters();
  const folders = known?.folders.map((path) => ({ value: path, label: path })) ?? [];
  const percent = (share: string) => formatNumber(Number(share), { style: 'percent' });
  return (
    <Flex direction="column" alignItems="stretch" gap={3} padding={4} width="32rem" maxWidth="90vw">
      <Choice
        label={text('filter.state')}
        value={search.state}
        options={Object.entries(states).map(([value, label]) => ({ value, label: text(label) }))}
        onChange={(state) => onChange({ state })}
      />
      <Choice
        label={text('filter.engine')}
        value={search.engine}
        options={[
          { value: 'local', label: text('engine.local') },
          { value: 'remote', label: text('engine.remote') },
        ]}
        onChange={(engine) => onChange({ engine })}
      />
      <Choice
        label={text('filter.below')}
        value={search.below}
        options={bounds.map((value) => ({ value, label: text('filter.below.share', { share: percent(value) }) }))}
        onChange={(below) => onChange({ below })}
      />
      <Choice
        label={text('filter.stale')}
        value={search.stale}
        options={[{ value: 'true', label: text('filter.stale.only') }]}
        onChange={(stale) => onChange({ stale })}
      />
      {folders.length > 0 ? (
        <Choice
          label={text('filter.folder')}
          value={search.folder}
          options={folders}
          onChange={(folder) => onChange({ folder })}
        />
      ) : null}
      {known ? (
        <Choice
          label={text('filter.field')}
          value={valueOfUse(search)}
          options={fieldOptions(known.fields)}
          onChange={(use) => onChange(toUse(use))}
        />
      ) : null}
      <Days from={search.uploadedFrom} to={search.uploadedTo} onChange={onChange} />
    </Flex>
  );
}

/** What is filtered by, each to be taken away at a press. */
export function FilterTags({ search, onChange }: FiltersProps) {
  const tags = useTags(search);
  const text = useText();
  if (tags.length === 0) return null;
  return (
    <Flex tag="ul" gap={2} wrap="wrap" aria-label={text('filter.active')}>
      {tags.map(({ words, cleared }) => (
        <li key={words}>
          <Tag icon={<Cross />} label={text('filter.remove', { filter: words })} onClick={() => onChange(cleared)}>
            {words}
          </Tag>
        </li>
      ))}
    </Flex>
  );
}

interface FilterTag {
  words: string;
  cleared: Parameters<ChangeSearch>[0];
}

function useTags(search: LibrarySearch): FilterTag[] {
  const text = useText();
  const { formatNumber, formatDate } = useIntl();
  const { state, engine, below, stale, folder, contentType, field, uploadedFrom, uploadedTo } = search;
  const tags: FilterTag[] = [];
  const add = (words: string, cleared: FilterTag['cleared']) => tags.push({ words, cleared });
  const day = (of: string | undefined) => formatDate(dateOf(of), { dateStyle: 'medium' });
  if (state && state in states) add(text(states[state as keyof typeof states]), { state: undefined });
  if (engine === 'local' || engine === 'remote') add(text(`engine.${engine}`), { engine: undefined });
  if (below) {
    const share = formatNumber(Number(below), { style: 'percent' });
    add(text('filter.below.share', { share }), { below: undefined });
  }
  if (stale) add(text('filter.stale.only'), { stale: undefined });
  if (folder) add(folder, { folder: undefined });
  if (contentType) add([contentType, field].filter(Boolean).join(' · '), toUse(undefined));
  if (uploadedFrom) add(text('filter.since', { day: day(uploadedFrom) }), { uploadedFrom: undefined });
  if (uploadedTo) add(text('filter.until', { day: day(dayBefore(uploadedTo)) }), { uploadedTo: undefined });
  return tags;
}
