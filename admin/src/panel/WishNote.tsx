import { Flex, TextButton, Typography } from '@strapi/design-system';
import { useIntl } from 'react-intl';

import type { AssetView } from '../../../server/src/api/contracts';
import { useForgetWish } from '../hooks/useForgetWish';
import { useText } from '../hooks/useText';
import { wishSentence } from './wishSentence';

interface WishNoteProps {
  name: string;
  status: AssetView;
  /** Called when the note, and the button in it, is about to go. */
  onForgotten: () => void;
}

/** What somebody asked for this image beside its fields, and the button that takes it back. */
export function WishNote({ name, status, onForgotten }: WishNoteProps) {
  const text = useText();
  const { formatList } = useIntl();
  const { forget, isSending } = useForgetWish(status.fileId, onForgotten);
  if (!status.wish) return null;
  const label = text('wish.forget');
  return (
    <Flex justifyContent="space-between" alignItems="flex-start" gap={2}>
      <Typography variant="pi" textColor="neutral800" style={{ overflowWrap: 'anywhere' }}>
        {wishSentence(status.wish, (names) => formatList(names, { type: 'conjunction' }), text)}
      </Typography>
      {status.may.forgetWish ? (
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
