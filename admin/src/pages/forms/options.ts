import type { LibraryFiltersResponse } from '../../../../server/src/api/contracts';
import type { Option } from './Choice';

/** Uids hold no blank, nor do names of fields. */
const JOINT = ' ';

export type Use = { contentType?: string | undefined; field?: string | undefined };

/** Each type with media fields, and each of these fields. */
export function fieldOptions(fields: LibraryFiltersResponse['data']['fields']): Option[] {
  const types = new Map(fields.map(({ contentType, name }) => [contentType, name]));
  return [...types].flatMap(([contentType, name]) => [
    { value: contentType, label: name },
    ...fields
      .filter((field) => field.contentType === contentType)
      .map(({ field }) => ({ value: contentType + JOINT + field, label: `${name} · ${field}` })),
  ]);
}

export const valueOfUse = ({ contentType, field }: Use): string | undefined =>
  contentType && field ? contentType + JOINT + field : contentType;

export function toUse(value: string | undefined): { contentType: string | undefined; field: string | undefined } {
  const [contentType, field] = value?.split(JOINT) ?? [];
  return { contentType, field };
}
