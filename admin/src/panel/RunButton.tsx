import { Button, Loader } from '@strapi/design-system';
import { Magic } from '@strapi/icons';

import type { AssetStatus } from '../../../server/src/api/contracts';
import { useRun } from '../hooks/useRun';
import { useText } from '../hooks/useText';
import type { Wanted } from './entryImages';
import { runLabel, runRequest } from './runAction';

interface RunButtonProps {
  name: string;
  status: AssetStatus;
  wanted: Wanted | null;
}

/** While the work lasts the button is only `aria-disabled`: a disabled one would drop the keyboard's focus. */
export function RunButton({ name, status, wanted }: RunButtonProps) {
  const text = useText();
  const { run, isSending } = useRun(status.fileId);
  const isBusy = isSending || status.state === 'queued' || status.state === 'running';

  const label = text(isSending ? 'panel.run.busy' : runLabel(status));

  return (
    <Button
      size="S"
      variant="secondary"
      fullWidth
      startIcon={isBusy ? <Loader small /> : <Magic />}
      aria-disabled={isBusy}
      aria-label={`${label}: ${name}`}
      onClick={() => {
        if (!isBusy) void run(runRequest(status, wanted));
      }}
    >
      {label}
    </Button>
  );
}
