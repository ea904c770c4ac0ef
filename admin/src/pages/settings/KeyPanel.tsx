import { useState } from 'react';

import { Button, Field, Flex, TextInput, Typography } from '@strapi/design-system';

import type { SettingsView } from '../../../../server/src/api/contracts';
import { useAnswer } from '../../hooks/useAnswer';
import { useText } from '../../hooks/useText';
import { sendKey, useForgetKey } from '../../services/settings';
import { ConfirmButton } from '../forms/ConfirmButton';
import { Panel } from '../runs/Panel';

interface KeyPanelProps {
  settings: SettingsView;
  onSaved: () => void;
}

/** The key of the Rembg API: it goes in, and is never shown again. */
export function KeyPanel({ settings, onSaved }: KeyPanelProps) {
  const text = useText();
  const take = useAnswer();
  const { send: forget, isSending } = useForgetKey();
  const { version, canEncrypt, apiKey } = settings;
  const isHere = apiKey.source === 'admin';
  const stored = apiKey.end === '' ? text('settings.key.stored') : text('settings.key.stored-end', { end: apiKey.end });
  return (
    <Panel title={text('settings.key')}>
      {apiKey.source === 'configuration' ? (
        <Typography textColor="neutral600">{text('settings.key.configured')}</Typography>
      ) : (
        <Typography textColor="neutral600">{isHere ? stored : text('settings.key.none')}</Typography>
      )}
      {apiKey.source !== 'configuration' && canEncrypt ? <KeyForm version={version} onSaved={onSaved} /> : null}
      {apiKey.source !== 'configuration' && !canEncrypt ? (
        <Typography textColor="neutral800">{text('settings.key.no-encryption')}</Typography>
      ) : null}
      {isHere ? (
        <Flex>
          <ConfirmButton
            tone="danger-light"
            label={text('settings.key.forget')}
            title={text('settings.key.forget.title')}
            text={text('settings.key.forget.text')}
            confirm={text('settings.key.forget.confirm')}
            isSending={isSending}
            onConfirm={async () => take(await forget(version))}
          />
        </Flex>
      ) : null}
    </Panel>
  );
}

function KeyForm({ version, onSaved }: { version: number; onSaved: () => void }) {
  const text = useText();
  const take = useAnswer();
  const [key, setKey] = useState('');
  const [isSending, setIsSending] = useState(false);
  const save = async () => {
    setIsSending(true);
    const saved = take(await sendKey({ version, apiKey: key.trim() }));
    setIsSending(false);
    if (!saved) return;
    setKey('');
    onSaved();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isSending && key.trim() !== '') void save();
      }}
    >
      <Flex direction="column" alignItems="flex-start" gap={4}>
        <Field.Root width="100%" hint={text('settings.key.hint')}>
          <Field.Label>{text('settings.key.new')}</Field.Label>
          <TextInput
            type="password"
            autoComplete="off"
            value={key}
            onChange={(event: { target: { value: string } }) => setKey(event.target.value)}
          />
          <Field.Hint />
        </Field.Root>
        <Button type="submit" loading={isSending} disabled={key.trim() === ''}>
          {text('settings.key.save')}
        </Button>
      </Flex>
    </form>
  );
}
