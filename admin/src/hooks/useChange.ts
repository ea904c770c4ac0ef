import { useCallback } from 'react';

import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import { follower } from '../follow/useFollowed';
import { type AssetChange, useSendChange } from '../services/api';

type Change = Omit<AssetChange, 'fileId'>;

/** Changes an asset's cutout. Resolves to whether it was done; a refusal is shown as a notification. */
export function useChange(fileId: number): { change: (order: Change) => Promise<boolean>; isSending: boolean } {
  const { change, isSending } = useChangeOfAny();
  return { change: useCallback((order) => change({ fileId, ...order }), [change, fileId]), isSending };
}

/** The same for whichever asset the order names. */
export function useChangeOfAny(): { change: (order: AssetChange) => Promise<boolean>; isSending: boolean } {
  const { send, isSending } = useSendChange();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();

  const change = useCallback(
    async (order: AssetChange) => {
      const answer = await send(order);
      if ('error' in answer) {
        toggleNotification({ type: 'danger', message: formatAPIError(answer.error) });
        return false;
      }
      follower.put(answer.data);
      return true;
    },
    [send, toggleNotification, formatAPIError],
  );
  return { change, isSending };
}
