import { createHash } from 'node:crypto';
import { promises as fs } from 'node:fs';
import path from 'node:path';
import { CutoutError } from '../../../errors';
import type { ModelCard } from '../card';
import { hashFile } from '../../../hash-file';
import { checksumName, expectedChecksum } from './checksum';
import { byteCounter, type OnProgress } from './progress';

export interface CheckOptions {
  signal?: AbortSignal;
  onProgress?: OnProgress;
  /** What messages call the file; its path when left out. */
  called?: string;
  /** What to do about a corrupt file, as one sentence. */
  remedy: string;
}

export interface VerifyOptions extends CheckOptions {
  cacheDir: string;
  /** Hash the file even when a marker says that these very bytes were verified before. */
  force?: boolean;
}

/** Fingerprints verified by this process, for cache folders that cannot be written. */
const verifiedHere = new Set<string>();

/**
 * Checks weights against the card's checksum. The whole file is hashed the first time; afterwards a marker in
 * `<cacheDir>/verified/` vouches for it as long as path, size, inode, modification and change time stay what they were.
 * The change time moves with every write, even one that sets the modification time back.
 *
 * @throws CutoutError `model.corrupt` naming file, expected and found checksum, and the remedy.
 */
export async function verifyWeights(card: ModelCard, file: string, options: VerifyOptions): Promise<void> {
  const fingerprint = await fingerprintOf(card, file);
  if (!options.force) {
    if (verifiedHere.has(fingerprint)) return;
    if ((await readMarker(options.cacheDir, file)) === fingerprint) return;
  }
  await checkWeights(card, file, options);
  verifiedHere.add(fingerprint);
  await writeMarker(options.cacheDir, file, fingerprint);
}

/** Hashes the whole file. @throws CutoutError `model.corrupt`. */
export async function checkWeights(card: ModelCard, file: string, options: CheckOptions): Promise<void> {
  const expected = expectedChecksum(card);
  if (!expected) return;
  const { size } = await fs.stat(file);
  const onBytes = byteCounter('verify', size, options.onProgress);
  const found = await hashFile(file, expected.algorithm, { signal: options.signal, onBytes });
  if (found === expected.hex) return;
  const { bytes } = card.weights;
  const sizes = bytes !== undefined && bytes !== size ? ` (${size} bytes instead of ${bytes})` : '';
  throw new CutoutError(
    'model.corrupt',
    `The weights ${options.called ?? file} of model "${card.id}" are corrupt: expected ${checksumName(expected)} ${expected.hex} but found ${found}${sizes}. ${options.remedy}`,
  );
}

/** Notes that the file was checked just now, e.g. before it was renamed to where it is. */
export async function rememberVerified(card: ModelCard, file: string, cacheDir: string): Promise<void> {
  const fingerprint = await fingerprintOf(card, file);
  verifiedHere.add(fingerprint);
  await writeMarker(cacheDir, file, fingerprint);
}

async function fingerprintOf(card: ModelCard, file: string): Promise<string> {
  const { size, ino, mtimeMs, ctimeMs } = await fs.stat(file);
  return [file, size, ino, mtimeMs, ctimeMs, expectedChecksum(card)?.hex ?? 'no checksum'].join('\n');
}

function markerPath(cacheDir: string, file: string): string {
  return path.join(cacheDir, 'verified', createHash('sha256').update(file).digest('hex').slice(0, 32));
}

function readMarker(cacheDir: string, file: string): Promise<string | null> {
  return fs.readFile(markerPath(cacheDir, file), 'utf8').catch(() => null);
}

/** A marker only saves time: where it cannot be written, the next process hashes again. */
async function writeMarker(cacheDir: string, file: string, fingerprint: string): Promise<void> {
  const marker = markerPath(cacheDir, file);
  const temporary = `${marker}.${process.pid}`;
  try {
    await fs.mkdir(path.dirname(marker), { recursive: true });
    await fs.writeFile(temporary, fingerprint);
    await fs.rename(temporary, marker);
  } catch {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
}
