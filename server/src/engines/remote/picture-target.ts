import { randomBytes } from 'node:crypto';
import { open, rename, rm, stat, statfs, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { messageOf } from '../../errors';
import { RemoteError } from './errors';

/** Where a picture goes: a file that appears only when it is whole, or memory. */
export interface PictureTarget {
  /** Forgets what an earlier try wrote. */
  restart(): Promise<void>;
  /** Never rejects: what cannot be written is kept in memory instead, because it is paid for. */
  write(chunk: Buffer): Promise<void>;
  /** Puts the file in its place; without one, or when that fails, gives the bytes there are. */
  finish(): Promise<{ path: string } | { buffer: Buffer; failure: Error | null }>;
  /** Deletes what is not in its place. Call it always. */
  dispose(): Promise<void>;
}

export function memoryTarget(): PictureTarget {
  let chunks: Buffer[] = [];
  return {
    restart: async () => void (chunks = []),
    write: async (chunk) => void chunks.push(chunk),
    finish: async () => ({ buffer: Buffer.concat(chunks), failure: null }),
    dispose: async () => void (chunks = []),
  };
}

/** So much room a disk must have at least: a matte of a small picture. */
const leastBytes = 256 * 1024;

/**
 * A file, made under another name beside its place before anything is sent: a picture that cannot be stored would still
 * be paid for.
 * @param likelyBytes room that the disk must have
 * @throws RemoteError `store.failed`, which cost nothing
 */
export async function fileTarget(file: string, likelyBytes: number): Promise<PictureTarget> {
  const part = `${file}.${randomBytes(6).toString('hex')}.part`;
  const handle = await opened(file, part);
  try {
    await checkRoom(dirname(file), Math.max(likelyBytes, leastBytes));
  } catch (error) {
    await close(handle);
    await rm(part, { force: true });
    throw error;
  }
  return fileWriter(handle, part, file);
}

function fileWriter(handle: FileHandle, part: string, file: string): PictureTarget {
  let written = 0;
  let failure: Error | null = null;
  let kept: Buffer[] = [];
  let done = false;

  async function fail(error: unknown): Promise<void> {
    failure = error instanceof Error ? error : new Error(messageOf(error));
    const start = Buffer.alloc(written);
    // Of what lies on the disk as much as can still be read; `finish` tells by the length whether that is all.
    const { bytesRead } = await handle.read(start, 0, written, 0).catch(() => ({ bytesRead: 0 }));
    kept = [start.subarray(0, bytesRead)];
  }

  return {
    async restart() {
      written = 0;
      failure = null;
      kept = [];
      await handle.truncate(0).catch(fail);
    },
    async write(chunk) {
      if (failure) return void kept.push(chunk);
      try {
        let at = 0;
        while (at < chunk.length) {
          at += (await handle.write(chunk, at, chunk.length - at, written + at)).bytesWritten;
        }
        written += chunk.length;
      } catch (error) {
        await fail(error);
        kept.push(chunk);
      }
    },
    async finish() {
      if (!failure) {
        try {
          // What the disk could not take is said here at the latest, while the bytes can still be read.
          await handle.datasync();
          await rename(part, file);
          done = true;
          return { path: file };
        } catch (error) {
          await fail(error);
        }
      }
      return { buffer: Buffer.concat(kept), failure };
    },
    async dispose() {
      await close(handle);
      if (!done) await rm(part, { force: true }).catch(() => undefined);
    },
  };
}

async function opened(file: string, part: string): Promise<FileHandle> {
  const found = await stat(file).catch(() => null);
  if (found && !found.isFile()) throw notWritable(new Error(`"${file}" is there already and is no file`));
  return open(part, 'wx+', 0o600).catch((error: unknown) => {
    throw notWritable(error);
  });
}

async function checkRoom(folder: string, bytes: number): Promise<void> {
  // Some file systems do not tell; then the disk is taken to have room.
  const disk = await statfs(folder).catch(() => null);
  if (!disk || disk.blocks === 0) return;
  const free = disk.bavail * disk.bsize;
  if (free < bytes) throw notWritable(new Error(`the disk has ${free} bytes left and ${bytes} may be needed`));
}

const close = (handle: FileHandle) => handle.close().catch(() => undefined);

const notWritable = (cause: unknown) =>
  new RemoteError('store.failed', `The file for the picture cannot be made, so nothing was sent: ${messageOf(cause)}`, {
    cause,
  });
