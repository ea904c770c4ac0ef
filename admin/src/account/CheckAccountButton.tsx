import { Button, Loader } from '@strapi/design-system';
import { styled } from 'styled-components';

import { useMayCheckAccount } from '../hooks/useAllowed';
import { useCheckAccount } from '../hooks/useCheckAccount';
import { useText } from '../hooks/useText';
import { checkLabel } from './accountStop';

/** In a side panel the words may need two lines, which the design system's fixed height would squeeze. */
const TallButton = styled(Button)`
  height: auto;
  min-height: 3.2rem;
  margin-top: ${({ theme }) => theme.spaces[1]};
  padding-block: ${({ theme }) => theme.spaces[1]};
`;

/** For those who may spend credits: asks the account again after they have mended there what it refuses. */
export function CheckAccountButton({ code }: { code: string }) {
  const text = useText();
  const isAllowed = useMayCheckAccount();
  const { check, isSending } = useCheckAccount();
  const label = checkLabel(code);
  if (!label || !isAllowed) return null;
  return (
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
  );
}
