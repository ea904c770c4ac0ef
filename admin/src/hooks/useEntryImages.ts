import { useMemo } from 'react';

import { unstable_useContentManagerContext as useContentManagerContext } from '@strapi/strapi/admin';

import {
  canHoldImages,
  collectEntryImages,
  type Attributes,
  type Components,
  type EntryImage,
} from '../panel/entryImages';
import { useSame } from './useSame';

type Values = Record<string, unknown>;

const noValues: Values = {};

/** Strapi types the form as `unknown`; before an entry is loaded it has no values. */
function valuesOf(form: unknown): Values {
  return (form as { values?: Values } | undefined)?.values ?? noValues;
}

function useSchema(): { attributes: Attributes; components: Components; form: unknown } {
  const { contentType, components, form } = useContentManagerContext();
  return {
    attributes: (contentType?.attributes ?? {}) as Attributes,
    components: components as unknown as Components,
    form,
  };
}

/** Whether the opened content type has a place for images. */
export function useCanHoldImages(): boolean {
  const { attributes, components } = useSchema();
  return useMemo(() => canHoldImages(attributes, components), [attributes, components]);
}

/** The images of the opened entry as its form stands now, saved or not. `saved`: the stored entry, if there is one. */
export function useEntryImages(saved: Values | undefined): EntryImage[] {
  const { attributes, components, form } = useSchema();
  const values = valuesOf(form);
  const images = useMemo(() => {
    const stored = saved ?? {};
    const live = Object.keys(values).length > 0 ? values : stored;
    return collectEntryImages(live, stored, attributes, components);
  }, [values, saved, attributes, components]);
  return useSame(images);
}
