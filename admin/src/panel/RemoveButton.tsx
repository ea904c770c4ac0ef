import { useState } from 'react';

import { Button, Dialog, TextButton } from '@strapi/design-system';
import { Trash } from '@strapi/icons';
import { ConfirmDialog, useNotification } from '@strapi/strapi/admin';

import { useText } from '../hooks/useText';

interface RemoveButtonProps {
  name: string;
  /** Resolves to whether it is removed. */
  onRemove: () => Promise<boolean>;
}

/** Asks first: pages that show the cutout lose it. */
export function RemoveButton({ name, onRemove }: RemoveButtonProps) {
  const text = useText();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Trigger>
        <TextButton startIcon={<Trash />} aria-label={`${text('remove')}: ${name}`}>
          {text('remove')}
        </TextButton>
      </Dialog.Trigger>
      <RemoveDialog name={name} onRemove={onRemove} onDone={() => setIsOpen(false)} />
    </Dialog.Root>
  );
}

/** The question itself, within a dialog's root. */
export function RemoveDialog({ name, onRemove, onDone }: RemoveButtonProps & { onDone: () => void }) {
  const text = useText();
  const { toggleNotification } = useNotification();
  const remove = async () => {
    const isRemoved = await onRemove();
    onDone();
    if (isRemoved) toggleNotification({ type: 'success', message: text('remove.done', { name }) });
  };
  return (
    <ConfirmDialog
      title={text('remove.title')}
      startAction={
        <Dialog.Cancel>
          <Button fullWidth variant="tertiary">
            {text('remove.cancel')}
          </Button>
        </Dialog.Cancel>
      }
      endAction={
        <Button fullWidth variant="danger-light" onClick={() => void remove()}>
          {text('remove.confirm')}
        </Button>
      }
    >
      {text('remove.text')}
    </ConfirmDialog>
  );
}
