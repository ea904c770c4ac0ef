import { useCallback } from 'react';

import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import type { RunRequest } from '../../../server/src/api/contracts';
import { useSendRun } from '../services/api';

/** Asks for an asset's cutout; a refusal is shown as a notification. */
export function useRun(fileId: number): { run: (request: RunRequest) => Promise<void>; isSending: boolean } {
  const { send, isSending } = useSendRun();
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();

  const run = useCallback(
    async (request: RunRequest) => {
      const answer = await send({ fileId, request });
      if ('error' in answer) toggleNotification({ type: 'danger', message: formatAPIError(answer.error) });
    },
    [fileId, send, toggleNotification, formatAPIError],
  );
  return { run, isSending };
}
