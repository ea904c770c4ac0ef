import { useEffect } from 'react';

import { Button, Dialog } from '@strapi/design-system';
import { ConfirmDialog } from '@strapi/strapi/admin';
import { useBlocker } from 'react-router-dom';

import { useText } from '../../hooks/useText';

/** Asks before the page is left with strokes that are not saved. */
export function LeaveGuard({ isUnsaved }: { isUnsaved: boolean }) {
  const text = useText();
  const blocker = useBlocker(
    ({ currentLocation, nextLocation }) => isUnsaved && currentLocation.pathname !== nextLocation.pathname,
  );
  useEffect(() => {
    if (!isUnsaved) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener('beforeunload', ask);
    return () => window.removeEventListener('beforeunload', ask);
  }, [isUnsaved]);
  return (
    <Dialog.Root
      open={blocker.state === 'blocked'}
      onOpenChange={(isOpen: boolean) => (isOpen ? undefined : blocker.reset?.())}
    >
      <ConfirmDialog
        title={text('editor.leave.title')}
        startAction={
          <Button fullWidth variant="tertiary" onClick={() => blocker.reset?.()}>
            {text('editor.leave.stay')}
          </Button>
        }
        endAction={
          <Button fullWidth variant="danger-light" onClick={() => blocker.proceed?.()}>
            {text('editor.leave.go')}
          </Button>
        }
      >
        {text('editor.leave.text')}
      </ConfirmDialog>
    </Dialog.Root>
  );
}
