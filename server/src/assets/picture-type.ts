import { extname } from 'node:path';
import { kindOfExtension } from '../imaging/signature';

/** What a file's row says of its type; all of it is hearsay. */
export interface NamedType {
  name?: string | null;
  ext?: string | null;
  mime: string | null;
}

/** MIME types that say "bytes" and no more. */
const UNTYPED = ['', 'application/octet-stream', 'binary/octet-stream', 'application/unknown', 'application/x-unknown'];

/**
 * Whether a file is worth being looked at: its bytes decide what it is, and only what is surely something else (a
 * document, a film, a sound) is not fetched for it. A type, an ending or a name of a picture's is enough, and so is a
 * type that says nothing.
 */
export function mayBePicture({ name, ext, mime }: NamedType): boolean {
  const type = (mime ?? '').toLowerCase();
  if (type.startsWith('image/') || UNTYPED.includes(type)) return true;
  return [ext ?? '', extname(name ?? '')].some((ending) => ![null, 'pdf'].includes(kindOfExtension(ending)));
}
