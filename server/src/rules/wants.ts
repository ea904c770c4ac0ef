import type { AssetWish, EngineName, FieldSettings } from '../words';
import type { Config, RuleSettings } from '../config/schema';
import type { AssetRow } from '../tables/assets';

/** What is wanted of one asset: all presets anybody asked for, from one matte by one engine. */
export interface Wants {
  presets: string[];
  engine: EngineName;
  /** Pixels beyond which none of the rules wants a cutout; left out when one of them names no limit. */
  maxPixels?: number;
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
  if (asked.length === 0 && !wish?.engine && !wish?.presets.length) return null;
  const presets = new Set(asked.flatMap(({ presets }) => (presets?.length ? presets : ['default'])));
  for (const preset of wish?.presets ?? []) presets.add(preset);
  if (presets.size === 0) presets.add('default');
  const engine = wish?.engine ?? asked.find(({ engine }) => engine)?.engine ?? 'local';
  // Who asks for this one picture knows how large it is.
  const limit = wish === null ? widestLimit(asked) : undefined;
  return { presets: [...presets].sort(), engine, ...(limit === undefined ? {} : { maxPixels: limit }) };
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

/** What of a wish goes beyond what fields and rules want anyway; null when nothing does, and nothing is remembered. */
export function beyondRules(wish: AssetWish, wanted: Wants | null): AssetWish | null {
  if (wanted === null) return wish;
  const presets = wish.presets.filter((preset) => !wanted.presets.includes(preset));
  const engine = wish.engine === wanted.engine ? undefined : wish.engine;
  return presets.length === 0 && engine === undefined ? null : { presets, ...(engine ? { engine } : {}) };
}

/** The rule of the folder itself or of the nearest folder above it. */
function closestFolderRule(rules: Record<string, RuleSettings>, folder: string): RuleSettings | undefined {
  for (let at = folder; at.length > 1; at = at.slice(0, at.lastIndexOf('/'))) {
    const rule = rules[at];
    if (rule) return rule;
  }
  return undefined;
}
