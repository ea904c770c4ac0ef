import { useCallback, useMemo } from 'react';

import { useSearchParams } from 'react-router-dom';

import type { LibrarySearch } from '../../../../server/src/api/contracts';
import { readSearch, writeSearch } from './search';

export type ChangeSearch = (change: { [key in keyof LibrarySearch]: string | undefined }) => void;

/** The list's filters as the page's address has them, so that a link and the browser's Back keep them. */
export function useSearch(): { search: LibrarySearch; change: ChangeSearch } {
  const [address, setAddress] = useSearchParams();
  const search = useMemo(() => readSearch(address), [address]);
  const change = useCallback<ChangeSearch>((wanted) => setAddress((now) => writeSearch(now, wanted)), [setAddress]);
  return { search, change };
}
