import type { OwnOptions } from '../words';
import { changedOptions } from './hash';
import { parseComposeOptions } from './parse';
import type { ComposeOptions } from './schema';

/**
 * A preset's options for an asset that may have its own. They stand in place of all of the preset's but `sizes`, which are
 * about the page that shows the picture and not about the picture. Some that are not understood any more count for nothing.
 */
export function optionsFor(preset: ComposeOptions, own: OwnOptions | undefined): ComposeOptions {
  if (!own) return preset;
  const parsed = parseComposeOptions({ sizes: preset.sizes, ...own });
  return parsed.ok ? parsed.options : preset;
}

/** What is kept of options that somebody gave: those beside the defaults, and `sizes` if they were named. */
export function ownOf(given: OwnOptions, options: ComposeOptions): OwnOptions {
  return { ...changedOptions(options), ...('sizes' in given ? { sizes: options.sizes } : {}) };
}
