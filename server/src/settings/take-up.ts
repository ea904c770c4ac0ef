import type { Config } from '../config/schema';

/**
 * Brings what can be set in the admin into a configuration in use. All who go by these values read them at the moment they
 * decide, and this is one step: nothing is decided by half of a change.
 * @returns whether other pictures may be wanted now than before, or other ones of them
 */
export function takeUp(used: Config, next: Config): boolean {
  const { presets, rules } = used;
  used.remote.apiKey = next.remote.apiKey;
  Object.assign(used.remote.budget, next.remote.budget);
  used.local.reviewBelow = next.local.reviewBelow;
  used.presets = next.presets;
  used.rules = next.rules;
  return JSON.stringify([presets, rules]) !== JSON.stringify([next.presets, next.rules]);
}
