import { useCallback } from 'react';

import { useIntl } from 'react-intl';

import { descriptor, type TextKey } from '../translations';

export type Text = (key: TextKey, values?: Record<string, string | number>) => string;

/** The plugin's messages in the admin's language. */
export function useText(): Text {
  const { formatMessage } = useIntl();
  return useCallback((key, values) => formatMessage(descriptor(key), values), [formatMessage]);
}
