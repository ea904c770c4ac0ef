import type { PlanRequest } from '../words';

/**
 * The `cutout` field of an upload's multipart body or query: a yes, a no, or preset names, as a list or in one text.
 * @returns nothing for a missing or empty value, which leaves the decision to the rules.
 */
export function parseUploadWish(value: unknown): Pick<PlanRequest, 'wish' | 'optOut'> {
  const names = namesIn(value);
  const [only] = names;
  if (only === undefined) return {};
  if (names.length === 1 && /^(false|0|no|off)$/i.test(only)) return { optOut: true };
  const presets = names.map((name) => (/^(true|1|yes|on)$/i.test(name) ? 'default' : name));
  return { wish: { presets: [...new Set(presets)] }, optOut: false };
}

/** `card`, `card,thumb`, `["card","thumb"]`, and the same as a repeated field. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') return [];
  return String(value)
    .trim()
    .replace(/^\[|\]$/g, '')
    .split(',')
    .map((name) => name.trim().replace(/^"|"$/g, '').trim())
    .filter(Boolean);
}
