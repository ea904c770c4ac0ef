import { useRef, useState } from 'react';

import { Button, Flex, Typography } from '@strapi/design-system';

import type { AssetView, EditorResponse } from '../../../../../server/src/api/contracts';
import { useKeptFocus } from '../../../hooks/useKeptFocus';
import { useText } from '../../../hooks/useText';
import { sendOwnOptions, takeBackOwnOptions } from '../../../services/editor';
import { useSendChange } from '../useSendChange';
import { ofImage, type OptionsControl } from './useOptions';
import { asPreset, type Values } from './values';

interface OwnOptionsProps {
  view: AssetView;
  presets: EditorResponse['data']['presets'];
  options: OptionsControl;
  /** What the page began with is out of date. */
  onChanged: () => unknown;
}

/** Gives this image the options at hand in place of the preset's, or goes back to those. */
export function OwnOptions({ view, presets, options, onChanged }: OwnOptionsProps) {
  const text = useText();
  const { send, isSending } = useSendChange();
  const { values, preset } = options;
  const isOwn = view.ownOptions.includes(preset);
  // The server keeps what was applied in words of its own, as a colour with its opacity.
  const [applied, setApplied] = useState('');
  const wordsOf = (of: Values) => JSON.stringify([preset, asPreset(of)]);
  const words = wordsOf(values);
  const isChanged = words !== applied && words !== wordsOf(ofImage(presets, preset));

  const place = useRef<HTMLDivElement>(null);
  const kept = useKeptFocus(place);

  const apply = async () => {
    if (isSending || !isChanged) return;
    const request = { preset, options: asPreset(values) };
    const done = text('editor.options.applied', { name: preset });
    if (!(await send(() => sendOwnOptions(view.fileId, request), done))) return;
    setApplied(words);
    onChanged();
  };
  const goBack = async () => {
    if (isSending) return;
    const done = text('editor.options.is-back', { name: preset });
    if (!(await send(() => takeBackOwnOptions(view.fileId, preset), done))) return;
    setApplied('');
    options.beginPlain();
    onChanged();
  };
  return (
    <>
      <Flex ref={place} tabIndex={-1} role="group" aria-label={text('editor.options')} gap={2} wrap="wrap" {...kept}>
        <Button size="S" aria-disabled={isSending || !isChanged} onClick={() => void apply()}>
          {text('editor.options.apply')}
        </Button>
        {isOwn ? (
          <Button size="S" variant="secondary" aria-disabled={isSending} onClick={() => void goBack()}>
            {text('editor.options.back')}
          </Button>
        ) : null}
      </Flex>
      <Typography variant="pi" textColor="neutral600" role="status">
        {text(isOwn ? 'editor.options.own' : 'editor.options.about-own', { name: preset })}
      </Typography>
    </>
  );
}
