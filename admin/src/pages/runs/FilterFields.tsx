import { Grid } from '@strapi/design-system';

import type { BulkFilter } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { reasonText } from '../../panel/reasonText';
import { useLibraryFilters } from '../../services/library';
import { Choice } from '../forms/Choice';
import { Days } from '../forms/Days';
import { fieldOptions, toUse, valueOfUse } from '../forms/options';
import { Cell } from './Cell';

const states = ['missing', 'stale', 'failed', 'skipped', 'cancelled'] as const;
const statuses = ['draft', 'published'] as const;

interface FilterFieldsProps {
  filter: BulkFilter;
  onChange: (filter: BulkFilter) => void;
}

/** Which pictures a run is about: all of them until something is chosen. */
export function FilterFields({ filter, onChange }: FilterFieldsProps) {
  const text = useText();
  const known = useLibraryFilters();
  const folders = known?.folders.map((path) => ({ value: path, label: path })) ?? [];
  const { state, reason, status } = filter;
  const set = (change: Partial<BulkFilter>) => onChange({ ...filter, ...change });
  const reasons = known?.reasons.filter((each) => each.state === state) ?? [];
  return (
    <Grid.Root gap={4}>
      <Cell>
        <Choice
          label={text('newRun.state')}
          value={state}
          placeholder={text('newRun.any-picture')}
          options={states.map((value) => ({ value, label: text(`run.state.${value}`) }))}
          onChange={(value) => set({ state: value as BulkFilter['state'], reason: undefined })}
        />
      </Cell>
      {reasons.length > 0 ? (
        <Cell>
          <Choice
            label={text('newRun.reason')}
            value={reason}
            options={reasons.map(({ code }) => ({
              value: code,
              label: reasonText({ code, message: code }, text),
            }))}
            onChange={(value) => set({ reason: value })}
          />
        </Cell>
      ) : null}
      {folders.length > 0 ? (
        <Cell>
          <Choice
            label={text('newRun.folder')}
            value={filter.folder}
            options={folders}
            onChange={(folder) => set({ folder })}
          />
        </Cell>
      ) : null}
      {known ? (
        <Cell>
          <Choice
            label={text('filter.field')}
            value={valueOfUse(filter)}
            options={fieldOptions(known.fields)}
            onChange={(use) => set(toUse(use))}
          />
        </Cell>
      ) : null}
      <Cell>
        <Choice
          label={text('newRun.status')}
          value={status}
          options={statuses.map((value) => ({ value, label: text(`run.status.${value}`) }))}
          onChange={(value) => set({ status: value as BulkFilter['status'] })}
        />
      </Cell>
      <Cell>
        <Days from={filter.uploadedFrom} to={filter.uploadedTo} onChange={set} />
      </Cell>
    </Grid.Root>
  );
}
