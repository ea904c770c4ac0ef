/** Small pictures that are asked for often, in memory; the one not asked for the longest goes first. */
export interface Hot {
  get(name: string): HotPicture | undefined;
  put(name: string, bytes: Buffer): void;
}

export interface HotPicture {
  bytes: Buffer;
  /** When its file was last marked as used, milliseconds since the epoch. */
  markedAt: number;
}

export interface HotSettings {
  /** Of all together. */
  mostBytes: number;
  /** A larger one is left to the disk. */
  largest: number;
  now: () => number;
}

export function createHot({ mostBytes, largest, now }: HotSettings): Hot {
  // A Map keeps the order of insertion: what is asked for is put at its end anew.
  const pictures = new Map<string, HotPicture>();
  let held = 0;

  const drop = (name: string): void => {
    held -= pictures.get(name)?.bytes.length ?? 0;
    pictures.delete(name);
  };

  return {
    get(name) {
      const picture = pictures.get(name);
      if (!picture) return undefined;
      pictures.delete(name);
      pictures.set(name, picture);
      return picture;
    },
    put(name, bytes) {
      if (bytes.length > largest) return;
      drop(name);
      pictures.set(name, { bytes, markedAt: now() });
      held += bytes.length;
      for (const oldest of pictures.keys()) {
        if (held <= mostBytes) break;
        drop(oldest);
      }
    },
  };
}
