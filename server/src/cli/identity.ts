import { promises as fs, type BigIntStats } from 'node:fs';

/** Two names of one identity are one file, however it is spelled, linked or mounted. */
export const identityOf = ({ dev, ino }: Pick<BigIntStats, 'dev' | 'ino'>): string => `${dev}:${ino}`;

/** Of the file a name leads to; `null` when there is none. */
export async function identityAt(path: string): Promise<string | null> {
  const found = await fs.stat(path, { bigint: true }).catch(() => null);
  return found && identityOf(found);
}
