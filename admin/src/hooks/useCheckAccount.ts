import { useCallback } from 'react';

import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import { follower } from '../follow/useFollowed';
import { reasonText } from '../panel/reasonText';
import { useSendCheckAccount } from '../services/api';
import { useText } from './useText';

/** Asks whether the Rembg account takes calls again and says what came out. */
export function useCheckAccount(): { check: () => Promise<void>; isSending: boolean } {
  const text = useText();
  const { send, isSending } = useSendCheckAccount();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();

  const check = useCallback(async () => {
    const answer = await send();
    // What waited for the account looks again, so everything on the page may have changed.
    follower.refresh();
    if ('error' in answer) return toggleNotification({ type: 'danger', message: formatAPIError(answer.error) });
    const { problem } = answer.data;
    if (problem === null) return toggleNotification({ type: 'success', message: text('account.check.ok') });
    const message = text('account.check.still', { reason: reasonText(problem, text) });
    toggleNotification({ type: 'warning', message });
  }, [send, text, toggleNotification, formatAPIError]);
  return { check, isSending };
}
