import { readFile } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Config } from '../config/schema';
import type { PictureFile } from '../imaging/picture';
import { inWorkDir, sweepWorkDirs } from '../work-dir';
import { createDisk, MARK_EVERY_MS } from './disk';
import { createHot } from './hot';
import { busyError, createLine } from './line';

/** Pictures that are made when somebody asks for them, and kept for those who ask again. */
export interface Renders {
  find(name: string): Promise<Rendered | null>;
  /** The same of those that are in memory. */
  hot(name: string): Rendered | undefined;
  /**
   * The picture of this name, made by `make` in a folder of its own if there is none by then.
   * @throws CutoutError `render.busy`; what `make` throws
   */
  make(name: string, signal: AbortSignal, make: (workDir: string) => Promise<PictureFile>): Promise<Rendered>;
  /** Pictures that are being made or wait for it. */
  pending(): number;
  /** Deletes what processes that are gone left half written, and what is too much. */
  tidy(): Promise<void>;
}

/** A stream is read to its end or destroyed by whoever is given it. */
export interface Rendered {
  bytes: number;
  body: Buffer | Readable;
}

export interface RendersSettings extends Pick<Config['render'], 'cacheMb' | 'concurrency' | 'waitMs'> {
  /** Absolute. */
  dir: string;
  /** Hears why the folder cannot be used. */
  onFault: (error: unknown) => void;
  now?: () => number;
}

const MIB = 1024 ** 2;
const HOT_BYTES = 32 * MIB;
const LARGEST_HOT = 0.5 * MIB;
/** Pictures that may wait for their turn. */
const WAITING = 200;

export function createRenders({
  dir,
  cacheMb,
  concurrency,
  waitMs,
  onFault,
  now = Date.now,
}: RendersSettings): Renders {
  const disk = createDisk({ dir, mostBytes: cacheMb * MIB, onFault, now });
  const hot = createHot({ mostBytes: HOT_BYTES, largest: LARGEST_HOT, now });
  const line = createLine<Buffer | null>({ most: concurrency, waiting: WAITING, waitMs });

  const findHot = (name: string): Rendered | undefined => {
    const picture = hot.get(name);
    if (!picture) return undefined;
    if (Math.abs(now() - picture.markedAt) > MARK_EVERY_MS) {
      picture.markedAt = now();
      void disk.mark(name);
    }
    return { bytes: picture.bytes.length, body: picture.bytes };
  };

  const find = async (name: string): Promise<Rendered | null> => {
    const found = findHot(name);
    if (found) return found;
    const file = await disk.open(name);
    if (!file || file.bytes > LARGEST_HOT) return file && { bytes: file.bytes, body: file.stream };
    const body = await buffer(file.stream).catch(onFault);
    if (!body) return null;
    hot.put(name, body);
    return { bytes: body.length, body };
  };

  return {
    find,
    hot: findHot,
    async make(name, signal, make) {
      const made = await line.run(name, signal, async () => {
        // Another request, or another process that shares the folder, may have made it meanwhile.
        const known = await find(name);
        if (known) return discarded(known);
        return inWorkDir(async (workDir) => {
          const { path, bytes } = await make(workDir);
          const isKept = await disk.put(name, path);
          if (isKept && bytes > LARGEST_HOT) return null;
          const body = await readFile(path);
          hot.put(name, body);
          return body;
        });
      });
      const rendered = made ? { bytes: made.length, body: made } : await find(name);
      // Kept, and deleted again before it was read: the folder is far too small for what is asked for.
      if (!rendered) throw busyError();
      return rendered;
    },
    pending: line.length,
    async tidy() {
      await sweepWorkDirs(dir);
      await disk.trim();
    },
  };
}

/** Who waits opens the file for itself. */
function discarded({ body }: Rendered): Buffer | null {
  if (Buffer.isBuffer(body)) return body;
  body.destroy();
  return null;
}
