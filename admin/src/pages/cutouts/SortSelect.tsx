import { SingleSelect, SingleSelectOption } from '@strapi/design-system';

import { useText } from '../../hooks/useText';
import { sorts } from './search';

interface SortSelectProps {
  value: string | undefined;
  onChange: (sort: string) => void;
}

export function SortSelect({ value = 'createdAt:desc', onChange }: SortSelectProps) {
  const text = useText();
  return (
    <SingleSelect size="S" aria-label={text('sort.label')} value={value} onChange={(sort) => onChange(String(sort))}>
      {Object.entries(sorts).map(([sort, label]) => (
        <SingleSelectOption key={sort} value={sort}>
          {text(label)}
        </SingleSelectOption>
      ))}
    </SingleSelect>
  );
}
