import { useState } from 'react';

import { Button, Field, Flex, Link, TextInput, Typography } from '@strapi/design-system';
import { ArrowLeft } from '@strapi/icons';
import { Layouts, Page, useNotification } from '@strapi/strapi/admin';
import { NavLink, useLocation, useNavigate, useParams } from 'react-router-dom';

import type { SettingsView } from '../../../../../server/src/api/contracts';
import { useAnswer } from '../../../hooks/useAnswer';
import { useText } from '../../../hooks/useText';
import { useSendPreset, useSettings } from '../../../services/settings';
import { Words } from '../../../translations/Words';
import { Columns } from '../../editor/Columns';
import { OptionGroups } from '../../editor/options/OptionGroups';
import { queryOf, withValue } from '../../editor/options/values';
import { Side } from '../../editor/Side';
import { settingsPermissions } from '../../permissions';
import { settingsPath } from './paths';
import { formOf, nameProblem, optionsOf, type Start } from './preset';
import { Sample } from './Sample';

/** One preset, with what it makes of a picture of the library. */
export default function PresetPage() {
  return (
    <Page.Protect permissions={settingsPermissions}>
      <Words>
        <Preset />
      </Words>
    </Page.Protect>
  );
}

/** What another page hands over for a new preset. */
export interface PresetStart {
  start?: Start;
  /** The picture that it was tried on. */
  fileId?: number;
}

function Preset() {
  const text = useText();
  const { name } = useParams();
  const { start, fileId } = (useLocation().state ?? {}) as PresetStart;
  const { data, isError } = useSettings();
  // What somebody else changes meanwhile must not be written over unseen.
  const [seen, setSeen] = useState<SettingsView | null>(null);
  if (seen === null && data) setSeen(data);
  if (!seen) return isError ? <Page.Error content={text('settings.unreadable')} /> : <Page.Loading />;
  const known = seen.presets.find((preset) => preset.name === name);
  if (name !== undefined && known?.source !== 'admin' && known?.source !== 'default') {
    return <Page.Error content={text('preset.none', { name })} />;
  }
  return <PresetEditor settings={seen} known={known ?? null} start={known ?? start ?? EMPTY} fileId={fileId ?? null} />;
}

const EMPTY: Start = { name: '', options: {} };

interface PresetEditorProps {
  settings: SettingsView;
  /** Null for a new one. */
  known: Start | null;
  start: Start;
  fileId: number | null;
}

function PresetEditor({ settings, known, start, fileId }: PresetEditorProps) {
  const text = useText();
  const take = useAnswer();
  const navigate = useNavigate();
  const { toggleNotification } = useNotification();
  const { send, isSending } = useSendPreset();
  const [form, setForm] = useState(() => formOf(start));
  const { name, values, sizes } = form;
  const taken = settings.presets.map((preset) => preset.name);
  const problem = known ? null : nameProblem(name, taken);
  const save = async () => {
    const { version } = settings;
    if (!take(await send({ name, version, options: optionsOf(form) }))) return;
    toggleNotification({ type: 'success', message: text('preset.saved', { name }) });
    navigate(settingsPath);
  };
  const title = known ? text('preset.title', { name }) : text('settings.presets.new');
  return (
    <Page.Main>
      <Page.Title>{title}</Page.Title>
      <Layouts.Header
        title={title}
        subtitle={text('preset.subtitle')}
        navigationAction={
          <Link tag={NavLink} to={settingsPath} startIcon={<ArrowLeft />}>
            {text('pages.settings')}
          </Link>
        }
      />
      <Layouts.Content>
        <Columns>
          <Sample query={queryOf(values)} fileId={fileId} />
          <form
            onSubmit={(event) => {
              event.preventDefault();
              if (!isSending && problem === null) void save();
            }}
          >
            <Side title={text('editor.options')}>
              {known ? null : (
                <Field.Root
                  width="100%"
                  required
                  hint={text('preset.name.hint')}
                  error={name !== '' && problem !== null ? text(`preset.name.${problem}`) : undefined}
                >
                  <Field.Label>{text('preset.name')}</Field.Label>
                  <TextInput
                    value={name}
                    onChange={(event: { target: { value: string } }) => setForm({ ...form, name: event.target.value })}
                  />
                  <Field.Hint />
                  <Field.Error />
                </Field.Root>
              )}
              <OptionGroups
                values={values}
                set={(option, value) => setForm({ ...form, values: withValue(values, option, value) })}
              />
              <Field.Root width="100%" hint={text('preset.sizes.hint')}>
                <Field.Label>{text('preset.sizes')}</Field.Label>
                <TextInput
                  size="S"
                  placeholder="400, 800"
                  value={sizes}
                  onChange={(event: { target: { value: string } }) => setForm({ ...form, sizes: event.target.value })}
                />
                <Field.Hint />
              </Field.Root>
              <Typography variant="pi" textColor="neutral600">
                {text(known ? 'preset.about.changed' : 'preset.about.new')}
              </Typography>
              <Flex gap={2}>
                <Button type="submit" loading={isSending} disabled={problem !== null}>
                  {text('settings.save')}
                </Button>
              </Flex>
            </Side>
          </form>
        </Columns>
      </Layouts.Content>
    </Page.Main>
  );
}
