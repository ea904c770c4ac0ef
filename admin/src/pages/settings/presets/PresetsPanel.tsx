import { Badge, Flex, LinkButton, Typography } from '@strapi/design-system';
import { Plus } from '@strapi/icons';
import { NavLink } from 'react-router-dom';
import { styled } from 'styled-components';

import type { PresetView, SettingsView } from '../../../../../server/src/api/contracts';
import { useAnswer } from '../../../hooks/useAnswer';
import { useText } from '../../../hooks/useText';
import { useRemovePreset } from '../../../services/settings';
import { ConfirmButton } from '../../forms/ConfirmButton';
import { Panel } from '../../runs/Panel';
import { newPresetPath, presetPath } from './paths';
import { summaryOf } from './preset';
import type { PresetStart } from './PresetPage';

const Row = styled.li`
  padding-block: ${({ theme }) => theme.spaces[3]};
  & + & {
    border-top: 1px solid ${({ theme }) => theme.colors.neutral150};
  }
`;

/** All presets, where each comes from and who goes by it. */
export function PresetsPanel({ settings: { presets, version } }: { settings: SettingsView }) {
  const text = useText();
  return (
    <Panel title={text('settings.presets')}>
      <Typography textColor="neutral600">{text('settings.presets.text')}</Typography>
      <ul>
        {presets.map((preset) => (
          <Row key={preset.name}>
            <PresetRow preset={preset} version={version} />
          </Row>
        ))}
      </ul>
      <Flex>
        <LinkButton tag={NavLink} to={newPresetPath} size="S" variant="secondary" startIcon={<Plus />}>
          {text('settings.presets.new')}
        </LinkButton>
      </Flex>
    </Panel>
  );
}

function PresetRow({ preset, version }: { preset: PresetView; version: number }) {
  const text = useText();
  const { name, options, source } = preset;
  const isLocked = source === 'configuration';
  const summary = summaryOf(options, text);
  return (
    <Flex justifyContent="space-between" alignItems="flex-start" gap={4} wrap="wrap">
      <Flex direction="column" alignItems="stretch" gap={1} minWidth={0} style={{ flex: '1 1 28rem' }}>
        <Flex gap={2} wrap="wrap">
          <Typography tag="h3" fontWeight="bold" textColor="neutral800">
            {name}
          </Typography>
          <Badge>{text(`settings.source.${source}`)}</Badge>
        </Flex>
        <Typography variant="pi" textColor="neutral800" style={{ overflowWrap: 'anywhere' }}>
          {summary || text('settings.presets.plain')}
        </Typography>
        <UsedBy preset={preset} />
      </Flex>
      <Flex gap={2} wrap="wrap">
        {isLocked ? null : (
          <LinkButton tag={NavLink} to={presetPath(name)} size="S" variant="tertiary">
            {text('settings.presets.edit', { name })}
          </LinkButton>
        )}
        <LinkButton
          tag={NavLink}
          to={newPresetPath}
          state={{ start: { name: '', options } } satisfies PresetStart}
          size="S"
          variant="tertiary"
        >
          {text('settings.presets.copy', { name })}
        </LinkButton>
        {source === 'admin' && !isInUse(preset) ? <RemoveButton name={name} version={version} /> : null}
      </Flex>
    </Flex>
  );
}

/** A rule would name what is not there; the default stays, as it was before it was changed here. */
const isInUse = ({ name, rules }: PresetView): boolean => name !== 'default' && rules.length > 0;

function UsedBy({ preset: { fields, rules } }: { preset: PresetView }) {
  const text = useText();
  const folders = rules.map((folder) => (folder === '/' ? text('settings.rules.everything') : folder));
  const users = [...folders, ...fields];
  return (
    <Typography variant="pi" textColor="neutral600" style={{ overflowWrap: 'anywhere' }}>
      {users.length === 0 ? text('settings.presets.unused') : text('settings.presets.used', { by: users.join(', ') })}
    </Typography>
  );
}

function RemoveButton({ name, version }: { name: string; version: number }) {
  const text = useText();
  const take = useAnswer();
  const { send, isSending } = useRemovePreset();
  const isDefault = name === 'default';
  return (
    <ConfirmButton
      tone="danger-light"
      label={text(isDefault ? 'settings.presets.reset' : 'settings.presets.remove', { name })}
      title={text(isDefault ? 'settings.presets.reset.title' : 'settings.presets.remove.title', { name })}
      text={text(isDefault ? 'settings.presets.reset.text' : 'settings.presets.remove.text')}
      confirm={text('settings.unset.confirm')}
      isSending={isSending}
      onConfirm={async () => take(await send({ name, version }))}
    />
  );
}
