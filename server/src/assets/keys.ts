/** The stored matte's key in an asset's `formats`. */
export const MATTE_KEY = 'cutout_matte';

/** Key of a preset's variant: `cutout` for `default`, else `cutout_<preset>`. */
export function variantKey(preset: string): string {
  return preset === 'default' ? 'cutout' : `cutout_${preset}`;
}

/** Whether a key of `formats` is the plugin's. */
export function isCutoutKey(key: string): boolean {
  return key === 'cutout' || key.startsWith('cutout_');
}

/** Whether a key belongs to a preset: its own, or one of its responsive `sizes`. */
export function belongsToPreset(key: string, preset: string): boolean {
  const own = variantKey(preset);
  return key === own || new RegExp(`^${own}_\\d+$`).test(key);
}
