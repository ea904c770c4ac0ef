/**
 * `strapi-plugin-cutout/client`: finds cutouts in what Strapi's REST or GraphQL gives of a media field. For sites, in
 * browsers and in Node; needs nothing and asks nobody.
 */

/** A variant, as it stands in an asset's `formats`. */
export interface CutoutFormat {
  url: string;
  mime: string;
  /** Pixels. */
  width: number;
  height: number;
  /** KB, as Strapi counts. */
  size: number;
  /** What it was made of; see `GET /api/cutout/files/:id` for more. */
  cutout?: { source: string; engine: 'local' | 'remote'; model: string; options?: string; confidence?: number };
}

/** Keys of the plugin's variants: `cutout` for the preset `default`, else `cutout_<preset>`; `cutout_matte` is the alpha. */
export type CutoutKey = 'cutout' | `cutout_${string}`;
export type CutoutFormats = { [key in CutoutKey]?: CutoutFormat };

/** A media field's value, so far as it is looked at. */
export interface CutoutAsset {
  url: string;
  /** Of GraphQL and REST alike; null where Strapi made none. */
  formats?: (CutoutFormats & Record<string, unknown>) | null;
}

export interface UrlOptions {
  /** Goes before addresses that begin with `/`, as those of the local upload provider do: `https://cms.example.com`. */
  baseUrl?: string | undefined;
}

export interface CutoutUrlOptions extends UrlOptions {
  /** What stands in for a variant that is not there: the original's address, or null (the default). */
  fallback?: 'original' | undefined;
}

/** The variant of a preset, or null while there is none. */
export function cutoutFormat(asset: CutoutAsset | null | undefined, preset = 'default'): CutoutFormat | null {
  return asset?.formats?.[keyOf(preset)] ?? null;
}

/** The address of a preset's variant; see `fallback` for what is answered while there is none. */
export function cutoutUrl(
  asset: CutoutAsset,
  preset: string,
  options: CutoutUrlOptions & { fallback: 'original' },
): string;
export function cutoutUrl(
  asset: CutoutAsset | null | undefined,
  preset?: string,
  options?: CutoutUrlOptions,
): string | null;
export function cutoutUrl(
  asset: CutoutAsset | null | undefined,
  preset = 'default',
  { fallback, baseUrl }: CutoutUrlOptions = {},
): string | null {
  const format = cutoutFormat(asset, preset);
  if (format) return absolute(format.url, baseUrl);
  return fallback === 'original' && asset ? absolute(asset.url, baseUrl) : null;
}

/**
 * What `<img srcset>` takes: a preset's variant and those of its `sizes`, the narrowest first. Empty while there is none.
 */
export function srcset(
  asset: CutoutAsset | null | undefined,
  preset = 'default',
  { baseUrl }: UrlOptions = {},
): string {
  const own = keyOf(preset);
  const found = Object.entries(asset?.formats ?? {}).flatMap(([key, format]) =>
    key === own || isSizeOf(key, own) ? [format as CutoutFormat] : [],
  );
  const byWidth = new Map(found.sort((a, b) => a.width - b.width).map((format) => [format.width, format.url]));
  return [...byWidth].map(([width, url]) => `${absolute(url, baseUrl)} ${width}w`).join(', ');
}

/** Compose options of a render, see `presets` in docs/configuration.md; an empty text takes the preset's own away. */
export interface RenderOptions {
  preset?: string | undefined;
  /** What stands in while there is no matte. */
  fallback?: 'original' | undefined;
  [option: string]: string | number | boolean | object | undefined;
}

/** The address of a picture that Strapi makes of the asset's matte when it is asked for; see `render` in docs/rest.md. */
export function cutoutRenderUrl(
  { documentId }: { documentId: string },
  options: RenderOptions = {},
  { baseUrl }: UrlOptions = {},
): string {
  const given = Object.entries(options).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, asText(value)]],
  );
  const query = new URLSearchParams(given).toString();
  return absolute(`/api/cutout/files/${documentId}/render${query && `?${query}`}`, baseUrl);
}

const asText = (value: string | number | boolean | object): string =>
  typeof value === 'object' ? JSON.stringify(value) : String(value);

const keyOf = (preset: string): CutoutKey => (preset === 'default' ? 'cutout' : `cutout_${preset}`);

const isSizeOf = (key: string, own: string): boolean =>
  key.startsWith(`${own}_`) && /^\d+$/.test(key.slice(own.length + 1));

const absolute = (url: string, baseUrl = ''): string => (url.startsWith('/') ? baseUrl.replace(/\/+$/, '') + url : url);
