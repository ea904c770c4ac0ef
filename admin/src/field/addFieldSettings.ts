import type { StrapiApp } from '@strapi/strapi/admin';

import { EnabledToggle } from './EnabledToggle';
import { EngineSelect } from './EngineSelect';
import { PresetsSelect } from './PresetsSelect';
import { settingsItems, type InputType, type MediaDraft } from './settingsItems';

type Items = (context: { data: MediaDraft }) => object[];

interface FormsApi {
  components: { add(input: { id: string; component: React.ComponentType<never> }): void };
  extendFields(types: string[], extension: { form: { advanced: Items; base: Items } }): void;
}

const inputs: Record<InputType, React.ComponentType<never>> = {
  'cutout-enabled': EnabledToggle,
  'cutout-engine': EngineSelect,
  'cutout-presets': PresetsSelect,
};

/** Adds `pluginOptions.cutout` to the advanced settings of media fields. The builder is absent in some apps. */
export function addFieldSettings(app: Pick<StrapiApp, 'getPlugin'>): void {
  const builder = app.getPlugin('content-type-builder');
  const forms = (builder?.apis as { forms?: FormsApi } | undefined)?.forms;
  if (!forms) return;
  for (const [id, component] of Object.entries(inputs)) forms.components.add({ id, component });
  forms.extendFields(['media'], { form: { advanced: ({ data }) => settingsItems(data), base: () => [] } });
}
