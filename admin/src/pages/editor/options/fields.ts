import type { ComposeOptions } from '../../../../../server/src/api/contracts';

/** `sizes` means further files, and nothing for a single picture. */
export type OptionName = Exclude<keyof ComposeOptions, 'sizes'>;

export type Field =
  | { kind: 'number'; min: number; max: number; isWhole?: true }
  | { kind: 'flag'; initial: boolean }
  | { kind: 'choice'; values: readonly string[] }
  | { kind: 'text'; example: string }
  | { kind: 'color' }
  /** The number of a file in the media library. */
  | { kind: 'picture' }
  | { kind: 'shadow' };

const side = { kind: 'number', min: 1, max: 10_000, isWhole: true } as const;
const positions = [
  ...['center', 'top', 'bottom', 'left', 'right'],
  ...['top left', 'top right', 'bottom left', 'bottom right'],
] as const;

/** How each option is asked for. An option that the server learns is missing here until it has a field. */
export const fields: Record<OptionName, Field> = {
  bg_color: { kind: 'color' },
  bg_image: { kind: 'picture' },
  shadow: { kind: 'shadow' },
  w: side,
  h: side,
  exact_resize: { kind: 'flag', initial: false },
  enlarge: { kind: 'flag', initial: true },
  trim: { kind: 'flag', initial: false },
  margin: { kind: 'text', example: '5%' },
  scale: { kind: 'number', min: 1, max: 100 },
  position: { kind: 'choice', values: positions },
  angle: { kind: 'number', min: -360, max: 360 },
  expand: { kind: 'flag', initial: true },
  format: { kind: 'choice', values: ['webp', 'png', 'jpeg', 'avif', 'bmp'] },
  quality: { kind: 'number', min: 1, max: 100, isWhole: true },
  lossless: { kind: 'flag', initial: false },
  mask: { kind: 'flag', initial: false },
  decontaminate: { kind: 'flag', initial: true },
  refine: { kind: 'flag', initial: true },
};

/** In the order of the page. */
export const groups = [
  { name: 'background', fields: ['bg_color', 'bg_image', 'shadow'] },
  {
    name: 'place',
    fields: ['trim', 'margin', 'w', 'h', 'exact_resize', 'enlarge', 'scale', 'position', 'angle', 'expand'],
  },
  { name: 'file', fields: ['format', 'quality', 'lossless', 'mask'] },
  { name: 'edges', fields: ['decontaminate', 'refine'] },
] as const satisfies { name: string; fields: OptionName[] }[];
