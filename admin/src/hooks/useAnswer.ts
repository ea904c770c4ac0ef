import { useCallback } from 'react';

import { useAPIErrorHandler, useNotification } from '@strapi/strapi/admin';

import type { ApiError } from '../services/api';

/** Takes the data out of an answer; shows a refusal as a notification, and gives null then. */
export function useAnswer(): <Data>(answer: { data: Data } | { error: ApiError }) => Data | null {
  const { toggleNotification } = useNotification();
  const { _unstableFormatAPIError: formatAPIError } = useAPIErrorHandler();
  return useCallback(
    (answer) => {
      if (!('error' in answer)) return answer.data;
      toggleNotification({ type: 'danger', message: formatAPIError(answer.error) });
      return null;
    },
    [toggleNotification, formatAPIError],
  );
}
