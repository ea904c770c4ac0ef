import { Button, Loader } from '@strapi/design-system';
import { ArrowClockwise } from '@strapi/icons';

interface BusyButtonProps {
  label: string;
  busyLabel: string;
  isBusy: boolean;
  variant: 'secondary' | 'tertiary';
  onPress: () => void;
}

/** Only `aria-disabled` while it works: a disabled button would drop the keyboard's focus. */
export function BusyButton({ label, busyLabel, isBusy, variant, onPress }: BusyButtonProps) {
  return (
    <Button
      variant={variant}
      startIcon={isBusy ? <Loader small /> : <ArrowClockwise />}
      aria-disabled={isBusy}
      onClick={() => {
        if (!isBusy) onPress();
      }}
    >
      {isBusy ? busyLabel : label}
    </Button>
  );
}
