import type { FieldSettings } from '../../../server/src/api/contracts';

/** A media library file as the edit form and the saved document hold it; only what the panel reads. */
export interface MediaFile {
  id: number;
  name: string;
  url: string;
  mime: string;
  ext?: string | null;
  hash?: string;
  updatedAt?: string;
  /** The upload provider is private, and its addresses bear signatures. */
  isUrlSigned?: boolean;
  formats?: Record<string, { url?: string } | null> | null;
}

export interface EntryImage {
  file: MediaFile;
  /** One of the fields that hold the image has cutouts switched on. */
  isWanted: boolean;
}

/** An attribute of a content type or component; only what the walk reads. */
export interface Attribute {
  type: string;
  allowedTypes?: readonly string[] | null;
  component?: string;
  components?: readonly string[];
  pluginOptions?: { cutout?: FieldSettings };
}

export type Attributes = Record<string, Attribute>;
export type Components = Record<string, { attributes: Attributes }>;
type Values = Record<string, unknown>;

function isRecord(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [value];
}

function isMediaFile(value: unknown): value is Values & MediaFile {
  return (
    isRecord(value) && typeof value.id === 'number' && typeof value.url === 'string' && typeof value.mime === 'string'
  );
}

/** Strapi's own rule: a media attribute without `allowedTypes` takes everything. */
export function acceptsImages({ type, allowedTypes }: Pick<Attribute, 'type' | 'allowedTypes'>): boolean {
  return type === 'media' && (!allowedTypes?.length || allowedTypes.includes('images'));
}

/** Whether an image can be put anywhere into an entry of these attributes, however deep. */
export function canHoldImages(attributes: Attributes, components: Components, seen = new Set<string>()): boolean {
  return Object.values(attributes).some((attribute) => {
    if (acceptsImages(attribute)) return true;
    const nested = attribute.components ?? (attribute.component ? [attribute.component] : []);
    return nested.some((uid) => {
      if (seen.has(uid)) return false;
      seen.add(uid);
      return canHoldImages(components[uid]?.attributes ?? {}, components, seen);
    });
  });
}

type Visit = (value: unknown, attribute: Attribute) => void;

function walk(values: Values, attributes: Attributes, components: Components, visit: Visit): void {
  for (const [name, attribute] of Object.entries(attributes)) {
    for (const value of listOf(values[name])) {
      if (value === null || value === undefined) continue;
      if (acceptsImages(attribute)) visit(value, attribute);
      else if (isRecord(value) && (attribute.type === 'component' || attribute.type === 'dynamiczone')) {
        const uid = attribute.component ?? value.__component;
        const nested = typeof uid === 'string' ? components[uid]?.attributes : undefined;
        if (nested) walk(value, nested, components, visit);
      }
    }
  }
}

/** As the server has it: a type or an ending of a picture's, or a type that says nothing; the bytes decide. */
export function mayBePicture({ mime, ext, name }: Pick<MediaFile, 'mime' | 'ext' | 'name'>): boolean {
  if (/^(image\/.*|(application|binary)\/octet-stream|)$/i.test(mime)) return true;
  const ending = /\.(jpe?g|jpe|jfif|a?png|webp|gif|bmp|dib|tiff?|avif|svgz?|hei[cf]|psd|jxl|jp2|ico)$/i;
  return ending.test(ext ?? '') || ending.test(name);
}

/**
 * The images an entry shows, in the order of its fields, each once. `live` (the form) decides which; a live value that
 * is only an id or lacks the file's data is completed from `saved` (the stored entry).
 */
export function collectEntryImages(
  live: Values,
  saved: Values,
  attributes: Attributes,
  components: Components,
): EntryImage[] {
  const known = new Map<unknown, MediaFile>();
  walk(saved, attributes, components, (value) => {
    if (isMediaFile(value)) known.set(value.id, value);
  });
  const images = new Map<number, EntryImage>();
  walk(live, attributes, components, (value, attribute) => {
    const file = isMediaFile(value) ? value : known.get(isRecord(value) ? value.id : value);
    if (!file || !mayBePicture(file)) return;
    const isWanted = images.get(file.id)?.isWanted || attribute.pluginOptions?.cutout?.enabled === true;
    images.set(file.id, { file, isWanted });
  });
  return [...images.values()];
}
