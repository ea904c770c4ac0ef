import type { Core, UID } from '@strapi/strapi';
import { parseFieldSettings } from './field-settings';

type Attribute = {
  type: string;
  component?: string;
  components?: string[];
  pluginOptions?: { cutout?: unknown };
};
type Attributes = Record<string, Attribute>;

/** A `populate` that loads just media of an entry; null where it has none that are meant. */
export type MediaPopulate = Record<string, unknown>;

/**
 * Which media attributes with a cutout rule can be reached from a content type, through components and dynamic zones.
 * A component that contains itself is followed once.
 */
export const mediaPopulate = (strapi: Core.Strapi, uid: string): MediaPopulate | null =>
  populateOf(strapi, uid, isEnabled, []);

/** The same of all media attributes. */
export const allMediaPopulate = (strapi: Core.Strapi, uid: string): MediaPopulate | null =>
  populateOf(strapi, uid, () => true, []);

function populateOf(
  strapi: Core.Strapi,
  uid: string,
  isMeant: (attribute: Attribute) => boolean,
  above: string[],
): MediaPopulate | null {
  const attributes = strapi.getModel(uid as UID.Schema)?.attributes as Attributes | undefined;
  if (!attributes || above.includes(uid)) return null;
  const path = [...above, uid];
  const populate: MediaPopulate = {};
  for (const [name, attribute] of Object.entries(attributes)) {
    if (attribute.type === 'media' && isMeant(attribute)) populate[name] = { select: ['id'] };
    if (attribute.type === 'component' && attribute.component) {
      const inner = populateOf(strapi, attribute.component, isMeant, path);
      if (inner) populate[name] = { populate: inner };
    }
    if (attribute.type === 'dynamiczone') {
      const on = Object.fromEntries(
        (attribute.components ?? []).flatMap((component) => {
          const inner = populateOf(strapi, component, isMeant, path);
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

/** Media fields that want cutouts, as people know them (`Product: photo`), by the presets that they name. */
export function fieldsByPreset(strapi: Core.Strapi): Map<string, string[]> {
  const fields = new Map<string, string[]>();
  for (const { title, result } of cutoutFields(strapi)) {
    if (!result.ok || !result.settings?.enabled) continue;
    const { presets = [] } = result.settings;
    for (const preset of presets.length > 0 ? presets : ['default'])
      fields.set(preset, [...(fields.get(preset) ?? []), title]);
  }
  return fields;
}

/** One sentence for each media field whose `pluginOptions.cutout` cannot be read, for the log at start. */
export function fieldProblems(strapi: Core.Strapi, presets: string[]): string[] {
  return cutoutFields(strapi).flatMap(({ field, result }) => {
    const at = `${field}: pluginOptions.cutout`;
    if (!result.ok) return [`${at}.${result.message}; the field gets no cutouts.`];
    const unknown = result.settings?.enabled
      ? (result.settings.presets?.filter((preset) => !presets.includes(preset)) ?? [])
      : [];
    return unknown.map((preset) => `${at}.presets: expected one of ${presets.join(', ')}, received '${preset}'.`);
  });
}

function cutoutFields(strapi: Core.Strapi) {
  const models = [...Object.values(strapi.contentTypes), ...Object.values(strapi.components)];
  return models.flatMap(({ uid, info, attributes }) =>
    Object.entries(attributes as unknown as Attributes)
      .filter(([, { type }]) => type === 'media')
      .map(([name, { pluginOptions }]) => ({
        field: `${uid}.${name}`,
        title: `${info.displayName ?? uid}: ${name}`,
        result: parseFieldSettings(pluginOptions?.cutout),
      })),
  );
}
