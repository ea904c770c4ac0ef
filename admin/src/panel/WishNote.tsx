import { Flex, TextButton, Typography } from '@strapi/design-system';
import { useNotification } from '@strapi/strapi/admin';
import { useIntl } from 'react-intl';

import type { AssetView } from '../../../server/src/api/contracts';
import { useText } from '../hooks/useText';
import { wishSentence } from './wishSentence';

interface WishNoteProps {
  view: AssetView;
  isSending: boolean;
  /** Resolves to whether it is taken back. */
  onForget: () => Promise<boolean>;
}

/** What somebody asked for this image beside its fields, and the button that takes it back. */
export function WishNote({ view: { name, wish, may }, isSending, onForget }: WishNoteProps) {
  const text = useText();
  const { formatList } = useIntl();
  const { toggleNotification } = useNotification();
  if (!wish) return null;
  const label = text('wish.forget');

  const forget = async () => {
    if (await onForget()) toggleNotification({ type: 'success', message: text('wish.forgotten') });
  };
  return (
    <Flex justifyContent="space-between" alignItems="flex-start" gap={2}>
      <Typography variant="pi" textColor="neutral800" style={{ overflowWrap: 'anywhere' }}>
        {wishSentence(wish, (names) => formatList(names, { type: 'conjunction' }), text)}
      </Typography>
      {may.forgetWish ? (
        <TextButton
          style={{ flexShrink: 0 }}
          aria-disabled={isSending}
          aria-label={`${label}: ${name}`}
          onClick={() => {
            if (!isSending) void forget();
          }}
        >
          {label}
        </TextButton>
      ) : null}
    </Flex>
  );
}
