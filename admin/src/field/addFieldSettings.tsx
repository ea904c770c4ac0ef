import { type ComponentType, lazy, Suspense } from 'react';

import type { StrapiApp } from '@strapi/strapi/admin';

import type { InputProps } from './inputProps';
import { inputTypes, settingsItems, type InputType, type MediaDraft } from './settingsItems';

type Items = (context: { data: MediaDraft }) => object[];

interface FormsApi {
  components: { add(input: { id: string; component: ComponentType<never> }): void };
  extendFields(types: string[], extension: { form: { advanced: Items; base: Items } }): void;
}

/** Adds `pluginOptions.cutout` to the advanced settings of media fields. The builder is absent in some apps. */
export function addFieldSettings(app: Pick<StrapiApp, 'getPlugin'>): void {
  const builder = app.getPlugin('content-type-builder');
  const forms = (builder?.apis as { forms?: FormsApi } | undefined)?.forms;
  if (!forms) return;
  for (const id of inputTypes) forms.components.add({ id, component: loadedLate(id) });
  forms.extendFields(['media'], { form: { advanced: ({ data }) => settingsItems(data), base: () => [] } });
}

function loadedLate(type: InputType): ComponentType<never> {
  const Input = lazy(async () => ({ default: (await import('./inputs')).inputs[type] }));
  return function LateInput(props: InputProps<never>) {
    return (
      <Suspense fallback={null}>
        <Input {...props} />
      </Suspense>
    );
  };
}
