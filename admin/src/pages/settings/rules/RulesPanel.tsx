import { useState } from 'react';

import { Button, Checkbox, Flex, Typography } from '@strapi/design-system';
import { Plus } from '@strapi/icons';
import { styled } from 'styled-components';

import type { SettingsView } from '../../../../../server/src/api/contracts';
import { useAnswer } from '../../../hooks/useAnswer';
import { useText } from '../../../hooks/useText';
import { useSendRules } from '../../../services/settings';
import { ConfirmButton } from '../../forms/ConfirmButton';
import { Panel } from '../../runs/Panel';
import { FolderChoice } from './FolderChoice';
import { Reach } from './Reach';
import { RuleFields } from './RuleFields';
import { type FolderRule, formOf, mayCost, NEW_RULE, requestOf, type RulesForm } from './rules';

const Part = styled.fieldset`
  display: flex;
  flex-direction: column;
  gap: ${({ theme }) => theme.spaces[3]};
  min-width: 0;
  padding: ${({ theme }) => theme.spaces[4]};
  border: 1px solid ${({ theme }) => theme.colors.neutral200};
  border-radius: ${({ theme }) => theme.borderRadius};
`;

/** Which images get cutouts without a media field or a person asking for them. */
export function RulesPanel({ settings }: { settings: SettingsView }) {
  const text = useText();
  const take = useAnswer();
  const { send, isSending } = useSendRules();
  const [form, setForm] = useState<RulesForm>(() => formOf(settings));
  const { version, rules } = settings;
  const request = requestOf(form, version);
  const isChanged = JSON.stringify(form) !== JSON.stringify(formOf(settings));
  const locked = rules.folders.filter(({ source }) => source === 'configuration');
  const presets = settings.presets.map(({ name }) => name);
  const setFolder = (at: number, rule: FolderRule | null) =>
    setForm({ ...form, folders: form.folders.flatMap((each, index) => (index === at ? (rule ?? []) : each)) });
  return (
    <Panel title={text('settings.rules')}>
      <Typography textColor="neutral600">{text('settings.rules.text')}</Typography>
      <Part>
        <legend>
          <Typography fontWeight="bold" textColor="neutral800">
            {text('settings.rules.everything')}
          </Typography>
        </legend>
        {form.everything === undefined ? (
          <Typography textColor="neutral600">{text('settings.locked')}</Typography>
        ) : (
          <Checkbox
            checked={form.everything !== null}
            onCheckedChange={(is) => setForm({ ...form, everything: is === true ? NEW_RULE : null })}
          >
            {text('settings.rules.everything.on')}
          </Checkbox>
        )}
        {form.everything ? (
          <>
            <RuleFields
              rule={form.everything}
              presets={presets}
              onChange={(everything) => setForm({ ...form, everything })}
            />
            <Reach folder={undefined} />
          </>
        ) : null}
      </Part>
      {locked.map(({ folder }) => (
        <Typography key={folder} textColor="neutral600">
          {folder}: {text('settings.locked')}
        </Typography>
      ))}
      {form.folders.map((each, index) => (
        <Part key={index}>
          <legend>
            <Typography fontWeight="bold" textColor="neutral800">
              {each.folder || text('settings.rules.folder.new')}
            </Typography>
          </legend>
          <FolderChoice
            folder={each.folder}
            taken={[...locked, ...form.folders].map(({ folder }) => folder)}
            onChange={(folder) => setFolder(index, { ...each, folder })}
          />
          <RuleFields rule={each.rule} presets={presets} onChange={(rule) => setFolder(index, { ...each, rule })} />
          {each.folder ? <Reach folder={each.folder} /> : null}
          <Flex>
            <Button size="S" variant="danger-light" onClick={() => setFolder(index, null)}>
              {text('settings.rules.remove')}
            </Button>
          </Flex>
        </Part>
      ))}
      <Flex gap={2} wrap="wrap">
        <Button
          size="S"
          variant="tertiary"
          startIcon={<Plus />}
          onClick={() => setForm({ ...form, folders: [...form.folders, { folder: '', rule: NEW_RULE }] })}
        >
          {text('settings.rules.add')}
        </Button>
        {isChanged && request ? (
          <ConfirmButton
            label={text('settings.rules.save')}
            title={text('settings.rules.save.title')}
            text={text(mayCost(form) ? 'settings.rules.save.costs' : 'settings.rules.save.text')}
            confirm={text('settings.save')}
            isSending={isSending}
            onConfirm={async () => take(await send(request))}
          />
        ) : null}
      </Flex>
      {isChanged && !request ? (
        <Typography variant="pi" textColor="neutral600">
          {text('settings.rules.incomplete')}
        </Typography>
      ) : null}
    </Panel>
  );
}
