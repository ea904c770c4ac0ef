import type { Core } from '@strapi/strapi';
import { parseConfig } from '../config';
import type { Config } from '../config/schema';
import { CutoutError } from '../errors';
import type { SettingsProblem } from '../settings-words';
import { openKey } from './api-key';
import { isGiven, type Item, itemsOf, merged, sourceOf } from './items';
import { readWithLoss } from './stored';

/** What `config/plugins` and the admin give together. */
export interface InForce {
  config: Config;
  /** Of what was set in the admin. */
  version: number;
  /** Whether what was set in the admin counts. */
  problem: SettingsProblem | null;
}

export const givenConfig = (strapi: Core.Strapi): unknown => strapi.config.get('plugin::cutout');

/**
 * The configuration to start with. What `config/plugins` gives wins; what was set in the admin and does not go with it is
 * left out and told, so that Strapi starts in any case.
 * @throws CutoutError `config.invalid` for `config/plugins` alone
 */
export async function readInForce(strapi: Core.Strapi): Promise<InForce> {
  const given = givenConfig(strapi);
  const { stored, loss } = await readWithLoss(strapi);
  const apiKey = stored.apiKey && openKey(strapi, stored.apiKey);
  const isUnreadable = stored.apiKey !== null && apiKey === null && sourceOf(given, 'remote.apiKey') === 'default';
  const items = itemsOf(stored);
  const fit = fitting(given, items);
  const isBudgetLost =
    !isGiven(given, HELD.path) && (loss === 'budget' || items.some((item) => isLimit(item) && !fit.includes(item)));
  // The last one counts.
  const kept = isBudgetLost ? [...fit, HELD] : fit;
  const config = parsed(merged(given, kept, apiKey)) ?? parseConfig(merged(given, kept, null));
  const isIncomplete = loss !== null || fit.length < items.length;
  const problem = isIncomplete ? 'invalid' : isUnreadable ? 'key-unreadable' : null;
  return { config, version: stored.version, problem: isBudgetLost ? 'budget-unreadable' : problem };
}

/** In the place of a limit that cannot be read: without one, more might be spent than anybody wanted. */
const HELD: Item = { path: ['remote', 'budget', 'credits'], value: 0 };

const isLimit = ({ path }: Item): boolean =>
  ['remote.budget.credits', 'remote.budget.reserve'].includes(path.join('.'));

/** Those that go with `config/plugins` and with one another: a limit on what is spent stays although another value does not fit. */
export function fitting(given: unknown, items: readonly Item[]): readonly Item[] {
  if (parsed(merged(given, items, null))) return items;
  return items.reduce<Item[]>(
    (kept, item) => (parsed(merged(given, [...kept, item], null)) ? [...kept, item] : kept),
    [],
  );
}

/** Null for what does not fit. */
function parsed(input: unknown): Config | null {
  try {
    return parseConfig(input);
  } catch (error) {
    if (error instanceof CutoutError) return null;
    throw error;
  }
}
