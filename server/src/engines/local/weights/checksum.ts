import type { ModelCard } from '../card';

export interface Checksum {
  algorithm: 'sha256' | 'md5';
  /** Lower-case hex. */
  hex: string;
}

/** What the weights must hash to; `null` for a user's own card that names no checksum. */
export function expectedChecksum({ weights }: ModelCard): Checksum | null {
  if (weights.sha256) return { algorithm: 'sha256', hex: weights.sha256 };
  if (weights.md5) return { algorithm: 'md5', hex: weights.md5 };
  return null;
}

/** As people write it: `SHA-256`, `MD5`. */
export function checksumName({ algorithm }: Checksum): string {
  return algorithm === 'sha256' ? 'SHA-256' : 'MD5';
}
