import type { StoredFileRow } from '../tables/files';

/** Bytes of a file's name on every common file system; a stored name is ASCII. */
const LONGEST_NAME = 255;

/**
 * The stored name of a variant, without its ending. A long asset name loses its beginning: at its end is what tells it
 * from others of that name.
 */
export function variantHash(assetHash: string, ownPart: string, ext: string): string {
  const room = LONGEST_NAME - ext.length - ownPart.length - 1;
  return `${assetHash.slice(-Math.max(room, 1))}_${ownPart}`;
}

/** The hash of the asset that a file was made for, by the file's name; null when it names none. */
export function assetHashOf({ hash, key, ext }: Pick<StoredFileRow, 'hash' | 'key' | 'ext'>) {
  const part = hash.slice(0, Math.max(0, hash.lastIndexOf(`_${key}_`)));
  if (part === '') return null;
  return hash.length + ext.length < LONGEST_NAME ? part : { $endsWith: part };
}
