import type { Core, UID } from '@strapi/strapi';
import { parseFieldSettings } from './field-settings';

type Attribute = {
  type: string;
  component?: string;
  components?: string[];
  pluginOptions?: { cutout?: unknown };
};
type Attributes = Record<string, Attribute>;

/** A `populate` that loads just the media of an entry which a field rule asks a cutout for; null when there is none. */
export type MediaPopulate = Record<string, unknown>;

/**
 * Which media attributes with a cutout rule can be reached from a content type, through components and dynamic zones.
 * A component that contains itself is followed once.
 */
export function mediaPopulate(strapi: Core.Strapi, uid: string, above: string[] = []): MediaPopulate | null {
  const attributes = strapi.getModel(uid as UID.Schema)?.attributes as Attributes | undefined;
  if (!attributes || above.includes(uid)) return null;
  const path = [...above, uid];
  const populate: MediaPopulate = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.type === 'media' && isEnabled(attribute)) populate[name] = { select: ['id'] };
    if (attribute.type === 'component' && attribute.component) {
      const inner = mediaPopulate(strapi, attribute.component, path);
      if (inner) populate[name] = { populate: inner };
    }
    if (attribute.type === 'dynamiczone') {
      const on = Object.fromEntries(
        (attribute.components ?? []).flatMap((component) => {
          const inner = mediaPopulate(strapi, component, path);
          return inner ? [[component, { populate: inner }]] : [];
        }),
      );
      if (Object.keys(on).length > 0) populate[name] = { on };
    }
  }
  return Object.keys(populate).length > 0 ? populate : null;
}

const isEnabled = (attribute: Attribute) => {
  const result = parseFieldSettings(attribute.pluginOptions?.cutout);
  return result.ok && result.settings?.enabled === true;
};

/** Ids of the files in an entry loaded with `mediaPopulate`. */
export function fileIdsOf(entry: unknown, populate: MediaPopulate): number[] {
  const ids = new Set<number>();
  const visit = (value: unknown, spec: unknown) => {
    for (const item of Array.isArray(value) ? value : [value]) {
      if (!isRecord(item) || !isRecord(spec)) continue;
      if ('select' in spec) ids.add(item.id as number);
      else if (isRecord(spec.on)) visitAll(item, spec.on[String(item.__component)]);
      else visitAll(item, spec);
    }
  };
  const visitAll = (record: Record<string, unknown>, spec: unknown) => {
    if (!isRecord(spec) || !isRecord(spec.populate)) return;
    for (const [name, inner] of Object.entries(spec.populate)) visit(record[name], inner);
  };
  if (isRecord(entry)) visitAll(entry, { populate });
  return [...ids];
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** One sentence for each media field whose `pluginOptions.cutout` cannot be read, for the log at start. */
export function fieldProblems(strapi: Core.Strapi, presets: string[]): string[] {
  const problems: string[] = [];
  for (const model of [...Object.values(strapi.contentTypes), ...Object.values(strapi.components)]) {
    for (const [name, attribute] of Object.entries(model.attributes as unknown as Attributes)) {
      if (attribute.type !== 'media') continue;
      const at = `${model.uid}.${name}: pluginOptions.cutout`;
      const result = parseFieldSettings(attribute.pluginOptions?.cutout);
      if (!result.ok) problems.push(`${at}.${result.message}; the field gets no cutouts.`);
      else if (result.settings?.enabled) {
        const unknown = result.settings.presets?.filter((preset) => !presets.includes(preset)) ?? [];
        for (const preset of unknown)
          problems.push(`${at}.presets: expected one of ${presets.join(', ')}, received '${preset}'.`);
      }
    }
  }
  return problems;
}
