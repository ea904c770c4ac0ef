/**
 * Rembg's messages are Python's: a received value is printed as Python's `repr` would. Long input is cut, so that an
 * answer never carries back a whole request.
 */
const MAX_SHOWN = 120;

export function pythonRepr(value: unknown): string {
  if (typeof value === 'string') return quoted(cut(value));
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : pythonFloat(value);
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (value === null || value === undefined) return 'None';
  return cut(JSON.stringify(value) ?? typeof value);
}

/** A number as Python prints a float: `500.0`, `1e+16`, `0.5`, `nan`, `inf`. */
export function pythonFloat(value: number): string {
  if (Number.isNaN(value)) return 'nan';
  if (!Number.isFinite(value)) return value > 0 ? 'inf' : '-inf';
  if (!Number.isInteger(value)) return String(value);
  return Math.abs(value) < 1e16 ? `${value}.0` : value.toExponential();
}

/** Text between the quotes Python would choose; control characters are escaped. */
function quoted(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"');
  return escaped.includes("'") && !escaped.includes('"') ? `"${escaped}"` : `'${escaped.replaceAll("'", "\\'")}'`;
}

function cut(text: string): string {
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
}
