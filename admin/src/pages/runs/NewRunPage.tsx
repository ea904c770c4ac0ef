import { useState } from 'react';

import { Button, Field, Flex, Grid, MultiSelect, MultiSelectOption, Typography } from '@strapi/design-system';
import { Layouts, Page } from '@strapi/strapi/admin';
import { useNavigate } from 'react-router-dom';

import type { BulkRequest, EngineName } from '../../../../server/src/api/contracts';
import { useAnswer } from '../../hooks/useAnswer';
import { useText } from '../../hooks/useText';
import { pluginId } from '../../pluginId';
import { useOverview } from '../../services/api';
import { useSendPlan } from '../../services/runs';
import { Words } from '../../translations/Words';
import { Choice } from '../forms/Choice';
import { bulkPermissions } from '../permissions';
import { Cell } from './Cell';
import { FilterFields } from './FilterFields';

/** What a run is to be about; the dry run that follows changes nothing. */
export default function NewRunPage() {
  return (
    <Page.Protect permissions={bulkPermissions}>
      <Words>
        <NewRun />
      </Words>
    </Page.Protect>
  );
}

const engines = ['local', 'remote', 'auto'] as const satisfies EngineName[];

function NewRun() {
  const text = useText();
  const navigate = useNavigate();
  const take = useAnswer();
  const { data: overview } = useOverview();
  const { send, isSending } = useSendPlan();
  const [request, setRequest] = useState<BulkRequest>({ filter: {} });
  const set = (change: Partial<BulkRequest>) => setRequest({ ...request, ...change });
  const offered = engines.filter((engine) => engine === 'local' || overview?.engines.remote.configured);

  const check = async () => {
    const run = take(await send(request));
    if (run) navigate(`/plugins/${pluginId}/runs/${run.id}`);
  };
  return (
    <Page.Main>
      <Page.Title>{text('runs.new')}</Page.Title>
      <Layouts.Header title={text('runs.new')} subtitle={text('newRun.subtitle')} />
      <Layouts.Content>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            if (!isSending) void check();
          }}
        >
          <Flex
            direction="column"
            alignItems="stretch"
            gap={6}
            padding={6}
            background="neutral0"
            hasRadius
            shadow="tableShadow"
          >
            <Typography tag="h2" variant="delta">
              {text('newRun.which')}
            </Typography>
            <FilterFields filter={request.filter} onChange={(filter) => set({ filter })} />
            <Typography tag="h2" variant="delta">
              {text('newRun.what')}
            </Typography>
            <Grid.Root gap={4}>
              {overview ? (
                <Cell>
                  <Field.Root width="100%">
                    <Field.Label>{text('newRun.presets')}</Field.Label>
                    <MultiSelect
                      value={request.presets ?? []}
                      placeholder={text('newRun.as-wanted')}
                      clearLabel={text('field.clear')}
                      onClear={() => set({ presets: undefined })}
                      onChange={(presets: string[]) => set({ presets: presets.length > 0 ? presets : undefined })}
                      customizeContent={(names) => names?.join(', ') ?? ''}
                    >
                      {overview.presets.map(({ name }) => (
                        <MultiSelectOption key={name} value={name}>
                          {name}
                        </MultiSelectOption>
                      ))}
                    </MultiSelect>
                  </Field.Root>
                </Cell>
              ) : null}
              <Cell>
                <Choice
                  label={text('newRun.engine')}
                  value={request.engine}
                  placeholder={text('newRun.as-wanted')}
                  options={offered.map((engine) => ({ value: engine, label: text(`engine.${engine}`) }))}
                  onChange={(engine) => set({ engine: engine as EngineName | undefined })}
                />
              </Cell>
            </Grid.Root>
            <Flex>
              <Button type="submit" loading={isSending}>
                {text('newRun.check')}
              </Button>
            </Flex>
          </Flex>
        </form>
      </Layouts.Content>
    </Page.Main>
  );
}
