/** The stored matte's key in an asset's `formats`. */
export const MATTE_KEY = 'cutout_matte';

/** Of the small picture that the admin shows. No preset's name begins with an underscore, so none makes this key. */
export const THUMBNAIL_KEY = 'cutout__thumbnail';

/** Key of a preset's variant: `cutout` for `default`, else `cutout_<preset>`. */
export function variantKey(preset: string): string {
  return preset === 'default' ? 'cutout' : `cutout_${preset}`;
}

/** Whether a key of `formats` is the plugin's. */
export function isCutoutKey(key: string): boolean {
  return key === 'cutout' || key.startsWith('cutout_');
}

/** Whether a key is a preset's variant or one of its sizes, whatever the preset. */
export function isVariantKey(key: string): boolean {
  return isCutoutKey(key) && key !== MATTE_KEY && key !== THUMBNAIL_KEY;
}

/** Whether a key belongs to a preset: its own, or one of its responsive `sizes`. */
export function belongsToPreset(key: string, preset: string): boolean {
  const own = variantKey(preset);
  return key === own || new RegExp(`^${own}_\\d+$`).test(key);
}

/** Which of an asset's variants stands for its cutout: that of `default`, else the first by name. */
export function previewedKey(keys: readonly string[]): string | undefined {
  return keys.filter(isVariantKey).sort()[0];
}
