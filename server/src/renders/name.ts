import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { FILE_TYPES } from '../imaging/file-types';
import { type ComposeOptions, optionsHash } from '../options';
import { packageRoot } from '../package-root';

/** Everything that decides what a rendered picture looks like. */
export interface RenderSource {
  /** SHA-256 of the original's bytes. */
  source: string;
  /** Name of the stored matte, which carries a hash of its content. */
  matte: string;
  options: ComposeOptions;
  /** Whether mattes are refined at all. */
  refine: boolean;
  /** What tells the background's bytes from any others it had; null without one. */
  background: readonly (string | number)[] | null;
}

/**
 * The picture's name in the cache, and its ETag without the ending: the same on every node, known before it is made. The
 * encoders are part of it, since another version writes the same picture in other bytes.
 */
export function renderName({ source, matte, options, refine, background }: RenderSource): string {
  const parts = [source, matte, optionsHash(options), refine, background, encoders()];
  const hash = createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 32);
  return `${hash}${FILE_TYPES[options.format].ext}`;
}

let known: string | undefined;

function encoders(): string {
  known ??= `${process.platform}-${process.arch}-${versionOf('sharp')}`;
  return known;
}

/** Sharp is not loaded for it: pictures never run in this process. */
function versionOf(name: string): string {
  const root = packageRoot();
  const { resolve } = createRequire(join(root, 'package.json'));
  const manifest = join(packageRoot(resolve(name), name), 'package.json');
  return (createRequire(manifest)(manifest) as { version: string }).version;
}
