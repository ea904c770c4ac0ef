import type { Core } from '@strapi/strapi';
import { variantKey } from '../assets/keys';
import type { Config } from '../config/schema';
import { CutoutError } from '../errors';
import { type ComposeOptions, optionsFor } from '../options';
import type { Pool, VariantRequest } from '../pool/contract';
import type { Original } from '../storage/original';
import type { OwnOptions } from '../words';
import { fetchBackground } from './backgrounds';

export interface PrepareRequest {
  original: Original;
  presets: string[];
  /** The asset's own, by preset, in place of the preset's. */
  own?: Record<string, OwnOptions> | undefined;
  /** The job's. */
  priority: number;
  /** What the rules allow, where that is less than `limits.maxPixels`. */
  maxPixels?: number | undefined;
  workDir: string;
  signal: AbortSignal;
}

export interface Prepared {
  variants: VariantRequest[];
  /** Megapixels of a plain picture that cost as much. */
  cost: number;
}

/**
 * Everything that would fail after a matte was made, or paid for, fails here: a preset that is gone, a background that
 * is missing, a picture that cannot be read, a result that no format holds.
 */
export async function prepareVariants(
  strapi: Core.Strapi,
  config: Config,
  pool: Pool,
  { original, presets, own, priority, maxPixels = Infinity, workDir, signal }: PrepareRequest,
): Promise<Prepared> {
  const { limits, local } = config;
  const variants: VariantRequest[] = [];
  for (const preset of presets) {
    const options = optionsFor(presetOptions(config, preset), own?.[preset]);
    const backgroundPath = await fetchBackground(strapi, options, preset, workDir, { ...limits, signal });
    variants.push({ key: variantKey(preset), options, ...(backgroundPath ? { backgroundPath } : {}) });
  }
  const allowed = { ...limits, maxPixels: Math.min(limits.maxPixels, maxPixels) };
  const task = { source: original.path, limits: allowed, variants };
  const { cost } = await pool.run('inspect', task, { timeoutMs: local.jobTimeoutMs, signal, priority });
  return { variants, cost };
}

function presetOptions(config: Pick<Config, 'presets'>, preset: string): ComposeOptions {
  const found = config.presets[preset];
  if (!found) throw new CutoutError('options.invalid', `The preset '${preset}' is no longer in the configuration.`);
  return found;
}
