import { useState } from 'react';

import { isFetchError, useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import type { AssetView } from '../../../../server/src/api/contracts';
import { follower } from '../../follow/useFollowed';
import { useText } from '../../hooks/useText';

const CONFLICT = 409;

interface SendChange {
  /** Resolves to whether it was done; that, or a refusal, is told. */
  send: (order: () => Promise<AssetView>, done: string) => Promise<boolean>;
  isSending: boolean;
}

/** Sends a change of the image that is edited. */
export function useSendChange(): SendChange {
  const text = useText();
  const { toggleNotification } = useNotification();
  const { formatAPIError } = useAPIErrorHandler();
  const [isSending, setIsSending] = useState(false);

  const wordsOf = (error: unknown): string => {
    if (!isFetchError(error)) return text('editor.not-saved');
    return error.status === CONFLICT ? text('editor.busy') : formatAPIError(error);
  };
  return {
    isSending,
    async send(order, done) {
      setIsSending(true);
      try {
        follower.put(await order());
        toggleNotification({ type: 'success', message: done });
        return true;
      } catch (error) {
        toggleNotification({ type: 'danger', message: wordsOf(error) });
        return false;
      } finally {
        setIsSending(false);
      }
    },
  };
}
