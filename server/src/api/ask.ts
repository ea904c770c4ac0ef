import type { Core } from '@strapi/strapi';
import { getApp } from '../app';
import { findAsset } from '../assets/asset';
import { unknownPresets } from '../rules/presets';
import { readWants } from '../rules/read-wants';
import type { Wants } from '../rules/wants';
import type { Effort, EngineName, JobSource } from '../words';

/** A file, so far as rules go by it. */
export interface AskedFile {
  id: number;
  folderPath: string | null;
}

export interface Ask {
  /** What the file's fields and rules want when left out. */
  presets?: string[] | undefined;
  engine?: EngineName | undefined;
  effort?: Effort | undefined;
  force?: boolean | undefined;
}

/** What is made when a person asks: an upload's opt-out counts no more then. */
export async function wantsWhenAsked(strapi: Core.Strapi, { id, folderPath }: AskedFile): Promise<Wants | null> {
  const asset = await findAsset(strapi, id);
  const file = { id, folderPath, asset: { wish: asset?.wish ?? null, optedOut: false } };
  return (await readWants(strapi, getApp(strapi).config.rules, [file])).get(id) ?? null;
}

/** @throws CutoutError `options.invalid`, which names the presets that there are */
export function demandPresets(strapi: Core.Strapi, presets: readonly string[]): void {
  const known = Object.keys(getApp(strapi).config.presets);
  const unknown = presets.filter((preset) => !known.includes(preset));
  if (unknown.length > 0) throw unknownPresets(unknown, known);
}

/** Asks for a file's cutouts in the name of whoever waits for them. */
export async function ask(
  strapi: Core.Strapi,
  file: AskedFile,
  { presets, engine, effort, force }: Ask,
  { source, wants }: { source: JobSource; wants: Wants | null },
): Promise<void> {
  // An engine or effort alone is asked for the presets that are wanted anyway.
  const how = { ...(engine ? { engine } : {}), ...(effort ? { effort } : {}) };
  const wish = { presets: presets ?? wants?.presets ?? ['default'], ...how };
  await getApp(strapi).planner.plan(file.id, {
    source,
    asked: true,
    ...(presets || engine || effort ? { wish } : {}),
    ...(force ? { force } : {}),
  });
}
