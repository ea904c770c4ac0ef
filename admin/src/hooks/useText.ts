import { useCallback } from 'react';

import { useIntl } from 'react-intl';

import { wordsOf, type TextKey } from '../translations/words';

export type Text = (key: TextKey, values?: Record<string, string | number>) => string;

/** The plugin's messages in the admin's language, within `Words`. */
export function useText(): Text {
  const { formatMessage } = useIntl();
  return useCallback((key, values) => formatMessage(wordsOf(key), values), [formatMessage]);
}
