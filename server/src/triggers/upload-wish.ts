import { plain } from '../plain';
import { engineName, type PlanRequest } from '../words';

/** Room for the names of dozens of presets. */
const MOST_LETTERS = 1000;

/**
 * The `cutout` field of an upload's multipart body or query: a yes, a no, or preset names, as a list or in one text, and
 * the engine (`local`, `remote`, `auto`), alone or among them. A longer text is no list of presets: its beginning stands
 * for it, and the job tells it as a name it does not know.
 * @returns nothing for a missing or empty value, which leaves the decision to the rules.
 */
export function parseUploadWish(value: unknown): Pick<PlanRequest, 'wish' | 'optOut'> {
  const text = textOf(value);
  const names = text.length > MOST_LETTERS ? [plain(text, 60)] : namesIn(text);
  const [only] = names;
  if (only === undefined) return {};
  if (names.length === 1 && /^(false|0|no|off)$/i.test(only)) return { optOut: true };
  const engine = names.map((name) => engineName.safeParse(name.toLowerCase()).data).find(Boolean);
  const presets = names
    .filter((name) => !engineName.safeParse(name.toLowerCase()).success)
    .map((name) => (/^(true|1|yes|on)$/i.test(name) ? 'default' : name));
  if (presets.length === 0) presets.push('default');
  return { wish: { presets: [...new Set(presets)], ...(engine ? { engine } : {}) }, optOut: false };
}

/** `card`, `card,thumb`, `["card","thumb"]`, and the same as a repeated field, as one text. */
function textOf(value: unknown): string {
  if (Array.isArray(value))
    return value
      .slice(0, MOST_LETTERS)
      .map(textOf)
      .join(',')
      .slice(0, MOST_LETTERS + 1);
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number') return '';
  const text = String(value)
    .slice(0, MOST_LETTERS + 1)
    .trim();
  return text.replace(/^\[|\]$/g, '');
}

const namesIn = (text: string): string[] =>
  text
    .split(',')
    .map((name) => plain(name.trim().replace(/^"|"$/g, '').trim()))
    .filter(Boolean);
