import { type ReactNode, useState } from 'react';

import { Button, Dialog } from '@strapi/design-system';
import { ConfirmDialog } from '@strapi/strapi/admin';

import { useText } from '../../hooks/useText';

interface ConfirmButtonProps {
  label: ReactNode;
  icon?: ReactNode;
  /** The whole question and what follows from a yes. */
  title: string;
  text: string;
  confirm: string;
  tone?: 'danger-light' | 'secondary';
  /** Key that presses the button, see useKeys. */
  shortcut?: string;
  isSending?: boolean;
  onConfirm: () => Promise<unknown>;
}

/** A button for what cannot be undone, or costs something: it asks first. */
export function ConfirmButton(props: ConfirmButtonProps) {
  const { label, icon, title, text: about, confirm, tone = 'secondary', shortcut, isSending, onConfirm } = props;
  const text = useText();
  const [isOpen, setIsOpen] = useState(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setIsOpen}>
      <Dialog.Trigger>
        <Button size="S" variant={tone} startIcon={icon} aria-keyshortcuts={shortcut} aria-disabled={isSending}>
          {label}
        </Button>
      </Dialog.Trigger>
      <ConfirmDialog
        title={title}
        startAction={
          <Dialog.Cancel>
            <Button fullWidth variant="tertiary">
              {text('remove.cancel')}
            </Button>
          </Dialog.Cancel>
        }
        endAction={
          <Button fullWidth variant={tone} onClick={() => void onConfirm().finally(() => setIsOpen(false))}>
            {confirm}
          </Button>
        }
      >
        {about}
      </ConfirmDialog>
    </Dialog.Root>
  );
}
