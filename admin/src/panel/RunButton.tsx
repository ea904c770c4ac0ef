import { Button, Loader } from '@strapi/design-system';
import { Magic } from '@strapi/icons';

import type { AssetView } from '../../../server/src/api/contracts';
import { useRun } from '../hooks/useRun';
import { useText } from '../hooks/useText';
import { runAction } from './runAction';

/** While the work lasts the button is only `aria-disabled`: a disabled one would drop the keyboard's focus. */
export function RunButton({ name, status }: { name: string; status: AssetView }) {
  const text = useText();
  const { run, isSending } = useRun(status.fileId);
  const action = runAction(status);
  if (!action) return null;

  const isBusy = isSending || action.isBusy;
  const label = text(isSending ? 'panel.run.busy' : action.label);
  return (
    <Button
      size="S"
      variant="secondary"
      fullWidth
      startIcon={isBusy ? <Loader small /> : <Magic />}
      aria-disabled={isBusy}
      aria-label={`${label}: ${name}`}
      onClick={() => {
        if (!isBusy) void run(action.request);
      }}
    >
      {label}
    </Button>
  );
}
