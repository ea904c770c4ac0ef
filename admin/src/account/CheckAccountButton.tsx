import { Box, Loader } from '@strapi/design-system';

import { useMayCheckAccount } from '../hooks/useAllowed';
import { useCheckAccount } from '../hooks/useCheckAccount';
import { useText } from '../hooks/useText';
import { TallButton } from '../panel/TallButton';
import { checkLabel } from './accountStop';

/** For those who may spend credits: asks the account again after they have mended there what it refuses. */
export function CheckAccountButton({ code }: { code: string }) {
  const text = useText();
  const isAllowed = useMayCheckAccount();
  const { check, isSending } = useCheckAccount();
  const label = checkLabel(code);
  if (!label || !isAllowed) return null;
  return (
    <Box paddingTop={1}>
      <TallButton
        size="S"
        variant="secondary"
        startIcon={isSending ? <Loader small /> : undefined}
        aria-disabled={isSending}
        onClick={() => {
          if (!isSending) void check();
        }}
      >
        {text(isSending ? 'account.check.busy' : label)}
      </TallButton>
    </Box>
  );
}
