import type { LibrarySearch, ShownState } from '../../../../server/src/api/contracts';
import type { TextKey } from '../../translations/words';

/** What the page's address says of its list; what it does not know it leaves alone. */
const keys: readonly (keyof LibrarySearch)[] = [
  ...(['page', 'pageSize', 'sort', '_q', 'state', 'engine', 'below', 'stale', 'folder'] as const),
  ...(['contentType', 'field', 'uploadedFrom', 'uploadedTo'] as const),
];

export const PAGE_SIZE = 20;

export function readSearch(address: URLSearchParams): LibrarySearch {
  const search: LibrarySearch = {};
  for (const key of keys) {
    const value = address.get(key);
    if (value) search[key] = value;
  }
  return search;
}

/** Begins at the first page again, unless it is the page that changes. */
export function writeSearch(address: URLSearchParams, change: { [key in keyof LibrarySearch]: string | undefined }) {
  const next = new URLSearchParams(address);
  next.delete('page');
  for (const [key, value] of Object.entries(change)) {
    if (value) next.set(key, value);
    else next.delete(key);
  }
  return next;
}

export const states: Record<ShownState, TextKey> = {
  review: 'state.review',
  failed: 'state.failed',
  held: 'state.held',
  waiting: 'state.waiting',
  running: 'state.working',
  ready: 'state.ready',
  none: 'state.none',
  skipped: 'state.skipped',
  cancelled: 'state.cancelled',
};

export const sorts = {
  'createdAt:desc': 'sort.newest',
  'createdAt:asc': 'sort.oldest',
  'name:asc': 'sort.name',
  'name:desc': 'sort.name-back',
  'confidence:asc': 'sort.unsure',
} as const satisfies Record<string, TextKey>;

/** What makes the list shorter; a name that is searched for stands in its own field. */
export const isFiltered = ({ page: _page, pageSize: _size, sort: _sort, ...filters }: LibrarySearch): boolean =>
  Object.keys(filters).length > 0;
