import type { Config } from '../config/schema';
import { optionsFor, optionsHash } from '../options';
import type { Wants } from '../rules/wants';

/** Options hash of each preset for an asset of which this is wanted: by its own options where it has some. */
export type HashesFor = (wants: Pick<Wants, 'options'> | null) => Record<string, string>;

/** Those of the presets are computed once for each set of presets, which changes as a whole. */
export function createHashesFor(config: Pick<Config, 'presets'>): HashesFor {
  let of: Config['presets'] | null = null;
  let hashes: Record<string, string> = {};
  return (wants) => {
    const { presets } = config;
    if (of !== presets) {
      of = presets;
      hashes = Object.fromEntries(Object.entries(presets).map(([name, options]) => [name, optionsHash(options)]));
    }
    if (!wants?.options) return hashes;
    const own = Object.entries(wants.options).flatMap(([name, options]) => {
      const preset = Object.hasOwn(presets, name) ? presets[name] : undefined;
      return preset ? [[name, optionsHash(optionsFor(preset, options))]] : [];
    });
    return { ...hashes, ...(Object.fromEntries(own) as Record<string, string>) };
  };
}
