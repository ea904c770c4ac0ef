import { useCallback } from 'react';

import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import { useSendForgetWish } from '../services/api';
import { useText } from './useText';

/** Takes back what was asked for an asset alone, and says so: the note that told of it goes. */
export function useForgetWish(
  fileId: number,
  onForgotten: () => void,
): { forget: () => Promise<void>; isSending: boolean } {
  const text = useText();
  const { send, isSending } = useSendForgetWish();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();

  const forget = useCallback(async () => {
    const answer = await send(fileId);
    if ('error' in answer) return toggleNotification({ type: 'danger', message: formatAPIError(answer.error) });
    toggleNotification({ type: 'success', message: text('wish.forgotten') });
    onForgotten();
  }, [fileId, send, onForgotten, text, toggleNotification, formatAPIError]);
  return { forget, isSending };
}
