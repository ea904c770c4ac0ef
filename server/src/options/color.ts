import names from 'color-name';

/** 8-bit sRGB with straight alpha. */
export interface Rgba {
  r: number;
  g: number;
  b: number;
  alpha: number;
}

const HEX = /^#([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})$/i;

/**
 * `#RGB`, `#RGBA`, `#RRGGBB`, `#RRGGBBAA`, a CSS colour name or `transparent`, in any case.
 * Answers `null` for anything else.
 */
export function parseColor(text: string): Rgba | null {
  const value = text.trim().toLowerCase();
  if (value === 'transparent') return { r: 0, g: 0, b: 0, alpha: 0 };
  const hex = HEX.exec(value)?.[1];
  if (hex !== undefined) return fromHex(hex);
  // `hasOwn`, because 'constructor' is no colour.
  if (!Object.hasOwn(names, value)) return null;
  const [r, g, b] = names[value as keyof typeof names];
  return { r, g, b, alpha: 255 };
}

/** The one spelling that is stored and hashed: `#rrggbbaa`. */
export function formatColor({ r, g, b, alpha }: Rgba): string {
  return `#${[r, g, b, alpha].map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}

function fromHex(hex: string): Rgba {
  const long = hex.length <= 4 ? [...hex].map((digit) => digit + digit).join('') : hex;
  const byte = (index: number): number => Number.parseInt(long.slice(index * 2, index * 2 + 2), 16);
  return { r: byte(0), g: byte(1), b: byte(2), alpha: long.length === 8 ? byte(3) : 255 };
}
