import type { AssetWish, Effort, EngineName, FieldSettings, OwnOptions } from '../words';
import type { Config, RuleSettings } from '../config/schema';
import type { AssetRow } from '../tables/assets';

/** What is wanted of one asset: all presets anybody asked for, from one matte by one engine. */
export interface Wants {
  presets: string[];
  engine: EngineName;
  /** Pixels beyond which none of the rules wants a cutout; left out when one of them names no limit. */
  maxPixels?: number;
  /** A person's, by preset, in place of the preset's. */
  options?: Record<string, OwnOptions>;
  /** A person's, in place of the configuration's. */
  effort?: Effort;
}

export interface WantInputs {
  /** Settings of every media field that uses the asset. */
  fields: FieldSettings[];
  /** Folder as the media library names it, `/Products/Shoes`; `/` at the top. */
  folder: string;
  asset: Pick<AssetRow, 'wish' | 'optedOut'> | null;
  rules: Config['rules'];
}

/** Between two fields that name different engines, the one that pays gets what it asked for. */
const engineRank: Record<EngineName, number> = { remote: 2, auto: 1, local: 0 };

/**
 * The union of all presets wanted of an asset, and its engine: a person's wish for the asset decides before its fields,
 * they before its folder, and that before `everything`. Always computed from all that is known of the asset and not
 * from the event at hand, so that it comes out the same whichever field was saved last.
 */
export function collectWants({ fields, folder, asset, rules }: WantInputs): Wants | null {
  const asked: Partial<Asked>[] = [];
  if (!asset?.optedOut) {
    const enabled = fields.filter((field) => field.enabled);
    asked.push(...enabled.sort((a, b) => engineRank[b.engine ?? 'local'] - engineRank[a.engine ?? 'local']));
    const folderRule = closestFolderRule(rules.folders, folder);
    if (folderRule) asked.push(folderRule);
    if (rules.everything) asked.push(rules.everything);
  }
  const wish = asset?.wish ?? null;
  // An engine alone says how, not what: with no rule left to go with it, nothing is made, or paid for.
  if (asked.length === 0 && !wish?.presets.length) return null;
  const presets = new Set(asked.flatMap(({ presets }) => (presets?.length ? presets : ['default'])));
  for (const preset of wish?.presets ?? []) presets.add(preset);
  const engine = wish?.engine ?? asked.find(({ engine }) => engine)?.engine ?? 'local';
  // Who asks for this one picture knows how large it is.
  const limit = wish === null ? widestLimit(asked) : undefined;
  return {
    presets: [...presets].sort(),
    engine,
    ...(limit === undefined ? {} : { maxPixels: limit }),
    ...(wish?.options ? { options: wish.options } : {}),
    ...(wish?.effort ? { effort: wish.effort } : {}),
  };
}

interface Asked {
  presets: string[];
  engine: EngineName | undefined;
  maxPixels: number | undefined;
}

function widestLimit(asked: Partial<Asked>[]): number | undefined {
  const limits = asked.flatMap(({ maxPixels }) => maxPixels ?? []);
  return limits.length < asked.length ? undefined : Math.max(...limits);
}

/**
 * What of a wish goes beyond what fields and rules want anyway; null when nothing does, and nothing is remembered. A
 * preset that has options of the asset's own always does: it stays as it is whatever becomes of the rules.
 */
export function beyondRules(wish: AssetWish, wanted: Wants | null): AssetWish | null {
  if (wanted === null) return wish.presets.length > 0 ? wish : null;
  const { engine, ...rest } = wish;
  const isOwn = (preset: string) => Object.hasOwn(wish.options ?? {}, preset);
  const presets = wish.presets.filter((preset) => isOwn(preset) || !wanted.presets.includes(preset));
  return somethingOf({ ...rest, presets, ...(engine && engine !== wanted.engine ? { engine } : {}) });
}

export function mergeWish(old: AssetWish | null, asked: AssetWish): AssetWish {
  const presets = [...new Set([...(old?.presets ?? []), ...asked.presets])].sort();
  const engine = asked.engine ?? old?.engine;
  const effort = asked.effort ?? old?.effort;
  const options = { ...old?.options, ...asked.options };
  return {
    presets,
    ...(engine ? { engine } : {}),
    ...(effort ? { effort } : {}),
    ...(Object.keys(options).length > 0 ? { options } : {}),
  };
}

/** A wish without these presets, and without their options. */
export function withoutPresets(wish: AssetWish | null, presets: readonly string[]): AssetWish | null {
  const left = wish && withoutOptions(wish, presets);
  return left && somethingOf({ ...left, presets: left.presets.filter((preset) => !presets.includes(preset)) });
}

/** The same presets by the presets' own options. */
export function withoutOptions(wish: AssetWish, presets: readonly string[]): AssetWish {
  const { options, ...rest } = wish;
  const left = Object.entries(options ?? {}).filter(([preset]) => !presets.includes(preset));
  return left.length > 0 ? { ...rest, options: Object.fromEntries(left) } : rest;
}

/** How a cutout is made, taken out of a wish where that is what is made anyway. */
export function withoutHow(wish: AssetWish | null, is: { engine: boolean; effort: boolean }): AssetWish | null {
  if (wish === null || !(is.engine || is.effort)) return wish;
  const { engine, effort, ...rest } = wish;
  const kept = { ...(engine && !is.engine ? { engine } : {}), ...(effort && !is.effort ? { effort } : {}) };
  return somethingOf({ ...rest, ...kept });
}

/** Null for a wish that wishes for nothing. */
export const somethingOf = (wish: AssetWish): AssetWish | null =>
  wish.presets.length > 0 || wish.engine || wish.effort ? wish : null;

/** The rule of the folder itself or of the nearest folder above it. */
function closestFolderRule(rules: Record<string, RuleSettings>, folder: string): RuleSettings | undefined {
  for (let at = folder; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) {
    const rule = rules[at];
    if (rule) return rule;
  }
  return undefined;
}
