import { seeded } from '../fixtures/random';
import type { HostileFile } from './file';
import { avifs } from './kinds/avif';
import { bmps } from './kinds/bmp';
import { cutShort, withFlippedBits } from './kinds/damaged';
import { drawings } from './kinds/drawings';
import { gifs } from './kinds/gif';
import { jpegs } from './kinds/jpeg';
import { misnamed } from './kinds/misnamed';
import { oddNames } from './kinds/names';
import { others } from './kinds/others';
import { pngs } from './kinds/png';
import { sides } from './kinds/sides';
import { tiffs } from './kinds/tiff';
import { webps } from './kinds/webp';

/** The limit that the corpus is made for: what is above it must be refused, what is just below must pass. */
export const MAX_PIXELS = 20e6;

/** All recipes, always the same and in the same order. */
export const corpus = (): HostileFile[] => [
  ...jpegs(),
  ...pngs(),
  ...webps(),
  ...gifs(),
  ...bmps(),
  ...tiffs(),
  ...avifs(),
  ...drawings(),
  ...others(),
  ...cutShort(),
  ...withFlippedBits(),
  ...misnamed(),
  ...sides(),
  ...oddNames(),
];

/** So many of them, drawn by a seed, each group as often as it has files. */
export function sample(files: readonly HostileFile[], count: number, seed: number): HostileFile[] {
  const random = seeded(seed);
  const left = [...files];
  const drawn = Array.from({ length: Math.min(count, files.length) }, () => {
    return left.splice(Math.floor(random() * left.length), 1)[0]!;
  });
  return files.filter((file) => drawn.includes(file));
}

export const nameOf = ({ group, title }: HostileFile): string => `${group}: ${title}`;
