import { useIntl } from 'react-intl';

import type { BulkFilter } from '../../../../server/src/api/contracts';
import { useText } from '../../hooks/useText';
import { filterWords } from './report';

/** What a run is about, in one line. */
export function useFilterWords(): (filter: BulkFilter) => string {
  const text = useText();
  const { formatDate } = useIntl();
  const day = (iso: string) => formatDate(iso, { dateStyle: 'medium', timeZone: 'UTC' });
  return (filter) => {
    const words = filterWords(filter, day, text);
    return words.length === 0 ? text('run.all') : words.join(', ');
  };
}
