import { type ReactNode, useEffect, useMemo, useState } from 'react';

import { createIntl, type IntlShape, RawIntlProvider, useIntl } from 'react-intl';

import { loadWords } from './words';

/** Around every part of the plugin that is loaded by itself: adds its messages to the admin's, in the user's language. */
export function Words({ children }: { children: ReactNode }) {
  const intl = useOwnIntl(useIntl());
  return intl ? <RawIntlProvider value={intl}>{children}</RawIntlProvider> : null;
}

function useOwnIntl(host: IntlShape): IntlShape | null {
  const [words, setWords] = useState<Record<string, string> | null>(null);
  useEffect(() => {
    let isWanted = true;
    void loadWords(host.locale).then((messages) => {
      if (isWanted) setWords(messages);
    });
    return () => {
      isWanted = false;
    };
  }, [host.locale]);
  return useMemo(() => {
    if (words === null) return null;
    const messages = { ...(host.messages as Record<string, string>), ...words };
    const { locale, timeZone, formats, defaultLocale, defaultFormats, onError, onWarn } = host;
    const given = { locale, formats, defaultLocale, defaultFormats, onError, messages };
    return createIntl({ ...given, ...(timeZone ? { timeZone } : {}), ...(onWarn ? { onWarn } : {}) });
  }, [host, words]);
}
