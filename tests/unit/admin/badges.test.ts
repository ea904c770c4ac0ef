import { badgeColors, badgeOf, type Tone } from '../../../admin/src/panel/badges';
import { darkTheme, lightTheme } from '@strapi/design-system';

/** WCAG 2.1, relative luminance of an sRGB colour. */
function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const value = parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string, other: string): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number];
  return (high + 0.05) / (low + 0.05);
}

const tones: Tone[] = ['neutral', 'primary', 'secondary', 'success', 'warning', 'danger'];

describe.each([
  ['light', lightTheme],
  ['dark', darkTheme],
])('badges in the %s theme', (_name, { colors }) => {
  const colorOf = (name: string) => (colors as unknown as Record<string, string>)[name]!;

  it.each(tones)('say their words in a readable colour: %s', (tone) => {
    const { ground, words } = badgeColors(tone);
    expect(contrast(colorOf(ground), colorOf(words))).toBeGreaterThanOrEqual(4.5);
  });
});

it('an unsure cutout is not called ready', () => {
  expect(badgeOf({ state: 'ready', review: true }).label).toBe('state.review');
  expect(badgeOf({ state: 'ready', review: false }).label).toBe('state.ready');
});
