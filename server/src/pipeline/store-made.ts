import type { Core } from '@strapi/strapi';
import type { Formats } from '../assets/formats';
import { belongsToPreset, MATTE_KEY, previewedKey, THUMBNAIL_KEY, variantKey } from '../assets/keys';
import type { Config } from '../config/schema';
import type { ClaimedJob } from '../jobs/queue';
import { type ComposeOptions, optionsHash } from '../options';
import type { VariantRequest } from '../pool/contract';
import type { AssetFile } from '../storage/original';
import type { Provenance } from '../tables/files';
import { storePicture } from '../variants/store';
import type { Made } from './make';

export interface StoreMadeRequest {
  job: ClaimedJob;
  file: AssetFile;
  /** What was asked of the picture process. */
  variants: readonly VariantRequest[];
  made: Made;
  signal: AbortSignal;
}

/** Puts what a job made into the upload provider. Resolves to the entries for its asset's `formats`. */
export async function storeMade(
  strapi: Core.Strapi,
  config: Config,
  { job, file, variants, made, signal }: StoreMadeRequest,
): Promise<Formats> {
  const { result, provenance, matte } = made;
  const entries: Formats = {};
  const of = { file, jobId: job.id, signal };
  if (result.matte.file) {
    const { confidence } = result.matte;
    const corrected = matte.row.parentId === null ? {} : { corrected: true as const };
    const ofMatte = { ...provenance, confidence, matte: matte.row.hash, ...corrected };
    const request = { ...of, key: MATTE_KEY, picture: result.matte.file, provenance: ofMatte };
    entries[MATTE_KEY] = await storePicture(strapi, request);
  }
  for (const { key, ...picture } of result.variants) {
    signal.throwIfAborted();
    const facts = key === THUMBNAIL_KEY ? ofThumbnail(entries) : ofVariant(config, optionsOf(job, variants, key));
    entries[key] = await storePicture(strapi, { ...of, key, picture, provenance: { ...provenance, ...facts } });
  }
  return entries;
}

/** A smaller file has those of its variant. */
function optionsOf({ presets }: ClaimedJob, variants: readonly VariantRequest[], key: string): ComposeOptions {
  const preset = presets.find((name) => belongsToPreset(key, name)) ?? 'default';
  return variants.find((variant) => variant.key === variantKey(preset))!.options;
}

function ofVariant(config: Config, options: ComposeOptions): Partial<Provenance> {
  const unrefined = config.refine ? {} : { unrefined: true as const };
  return { ...unrefined, options: optionsHash(options) };
}

/** It comes after its variant, which is the first by name of all that the job makes. */
function ofThumbnail(entries: Formats): Partial<Provenance> {
  const shown = entries[previewedKey(Object.keys(entries)) ?? ''];
  return shown ? { of: shown.hash } : {};
}
