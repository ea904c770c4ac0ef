import { Loader, Typography } from '@strapi/design-system';
import { Magic } from '@strapi/icons';

import type { RunRequest } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import type { RunAction } from './actions';
import { costText } from './costText';
import { TallButton } from './TallButton';

interface RunButtonProps {
  name: string;
  action: RunAction;
  isSending: boolean;
  onRun: (request: RunRequest) => void;
}

/** While it sends it is only `aria-disabled`: a disabled button would drop the keyboard's focus. */
export function RunButton({ name, action: { label, cost, request }, isSending, onRun }: RunButtonProps) {
  const text = useText();
  const price = cost ? costText(cost, text) : null;
  return (
    <TallButton
      size="S"
      variant={cost ? 'tertiary' : 'secondary'}
      fullWidth
      startIcon={isSending ? <Loader small /> : <Magic />}
      aria-disabled={isSending}
      aria-label={`${[text(label), price].filter(Boolean).join(' ')}: ${name}`}
      onClick={() => {
        if (!isSending) onRun(request);
      }}
    >
      {/* With the blank, what is seen is part of the button's name, as voice control needs it. */}
      {`${text(label)} `}
      {price ? (
        <Typography tag="span" variant="pi" textColor="neutral600" style={{ display: 'block' }}>
          {price}
        </Typography>
      ) : null}
    </TallButton>
  );
}
