import {
  Button,
  LinkButton,
  SingleSelect,
  SingleSelectOption,
  Field as Labelled,
  Typography,
} from '@strapi/design-system';
import { Duplicate } from '@strapi/icons';
import { useClipboard, useNotification } from '@strapi/strapi/admin';
import { NavLink } from 'react-router-dom';

import type { AssetView, EditorResponse } from '../../../../../server/src/api/contracts';
import { useMaySettings } from '../../../hooks/useAllowed';
import { useText } from '../../../hooks/useText';
import { newPresetPath } from '../../settings/presets/paths';
import type { PresetStart } from '../../settings/presets/PresetPage';
import { Side } from '../Side';
import { OptionGroups } from './OptionGroups';
import { OwnOptions } from './OwnOptions';
import type { OptionsControl } from './useOptions';
import { asPreset } from './values';

interface OptionsPanelProps {
  view: AssetView;
  presets: EditorResponse['data']['presets'];
  options: OptionsControl;
  mayEdit: boolean;
  /** What the page began with is out of date. */
  onChanged: () => unknown;
}

/** Every option of a preset, to be tried out; what came of it can be applied to this image, or copied as a preset. */
export function OptionsPanel({ view, presets, options, mayEdit, onChanged }: OptionsPanelProps) {
  const { values, preset, set, begin } = options;
  const text = useText();
  const maySettings = useMaySettings();
  const { copy } = useClipboard();
  const { toggleNotification } = useNotification();
  // The further files that it began with are nothing to choose for one picture, but they belong to a preset.
  const { sizes } = presets.find(({ name }) => name === preset)?.options ?? {};
  const asNew = { ...asPreset(values), ...(sizes ? { sizes } : {}) };
  const copyPreset = async () => {
    const words = `my-preset: ${JSON.stringify(asNew, null, 2)},`.replace('my-preset', "'my-preset'");
    if (await copy(words)) toggleNotification({ type: 'success', message: text('editor.options.copied') });
  };
  return (
    <Side title={text('editor.options')}>
      <Labelled.Root width="100%">
        <Labelled.Label>{text('editor.options.preset')}</Labelled.Label>
        <SingleSelect size="S" value={preset} onChange={(name) => begin(String(name))}>
          {presets.map(({ name }) => (
            <SingleSelectOption key={name} value={name}>
              {name}
            </SingleSelectOption>
          ))}
        </SingleSelect>
      </Labelled.Root>
      <OptionGroups values={values} set={set} />
      {mayEdit ? <OwnOptions view={view} presets={presets} options={options} onChanged={onChanged} /> : null}
      <Button size="S" variant="tertiary" startIcon={<Duplicate />} onClick={() => void copyPreset()}>
        {text('editor.options.copy')}
      </Button>
      {maySettings ? (
        <LinkButton
          tag={NavLink}
          to={newPresetPath}
          state={{ start: { name: '', options: asNew }, fileId: view.fileId } satisfies PresetStart}
          size="S"
          variant="secondary"
        >
          {text('editor.options.save')}
        </LinkButton>
      ) : null}
      <Typography variant="pi" textColor="neutral600">
        {text('editor.options.about')}
      </Typography>
    </Side>
  );
}
