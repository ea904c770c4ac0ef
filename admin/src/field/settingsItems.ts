import type { FieldSettings } from '../../../server/src/api/contracts';
import { acceptsImages } from '../panel/entryImages';
import { descriptor } from '../translations';

/** The attribute in the making, as the Content-Type Builder's form holds it. */
export interface MediaDraft {
  allowedTypes?: string[] | null;
  pluginOptions?: { cutout?: FieldSettings };
}

/** The builder's names for the plugin's inputs. */
export const inputTypes = [
  'cutout-enabled',
  'cutout-engine',
  'cutout-presets',
] as const satisfies `cutout-${Setting}`[];
export type InputType = (typeof inputTypes)[number];

/** `maxPixels` is for developers, in the type's schema. */
type Setting = Exclude<keyof FieldSettings, 'maxPixels'>;

function item(setting: Setting, size: number, disabled: boolean) {
  const type: InputType = `cutout-${setting}`;
  return {
    name: `pluginOptions.cutout.${setting}`,
    type,
    intlLabel: descriptor(`field.${setting}.label`),
    description: descriptor(`field.${setting}.description`),
    size,
    disabled,
  };
}

/** The settings of one media attribute; none where no image can be put. Nothing is written before it is touched. */
export function settingsItems(draft: MediaDraft): ReturnType<typeof item>[] {
  if (!acceptsImages({ type: 'media', allowedTypes: draft.allowedTypes })) return [];
  const isOff = !draft.pluginOptions?.cutout?.enabled;
  return [item('enabled', 12, false), item('engine', 6, isOff), item('presets', 6, isOff)];
}
