import type { ErrorCode } from '../../server/src/errors';

/** How a file ends: with a cutout, or with the reason for having none. */
export type Outcome = 'done' | ErrorCode;

export type Way = 'upload' | 'replace' | 'cli';

/** One file of the corpus: its recipe, not its bytes. */
export interface HostileFile {
  /** Says what is odd about it, in words; unique. */
  title: string;
  /** Part of the corpus, e.g. `PNG`. */
  group: string;
  /** As an upload sends them. */
  name: string;
  mime: string;
  /** The same bytes each time. */
  make(): Promise<Buffer> | Buffer;
  /** More than one only where the damage may lie in bytes that a decoder is free to pass over. */
  outcomes: readonly Outcome[];
  /** Where the command line ends otherwise: it has no stored type to go by. `null` for what cannot lie in a folder. */
  cli?: readonly Outcome[] | null;
}

type Made = ReturnType<HostileFile['make']>;

export interface Odd {
  title: string;
  make: () => Made;
  outcomes?: Outcome | readonly Outcome[];
  name?: string;
  mime?: string;
  cli?: Outcome | readonly Outcome[] | null;
}

/** A file goes several ways; its bytes are made for the first of them. */
function once(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => (made ??= make());
}

const listOf = <T>(value: T | readonly T[]): readonly T[] => (Array.isArray(value) ? value : [value as T]);

/** Files of one group, named by their number; what has no outcome of its own gets a cutout. */
export function group(
  name: string,
  { ext, mime }: { ext: string; mime: string },
  files: readonly Odd[],
): HostileFile[] {
  const slug = name.toLowerCase().replaceAll(/\W+/g, '-');
  return files.map((odd, index) => ({
    title: odd.title,
    group: name,
    name: odd.name ?? `${slug}-${index + 1}${ext}`,
    mime: odd.mime ?? mime,
    make: once(odd.make),
    outcomes: listOf(odd.outcomes ?? 'done'),
    ...(odd.cli === undefined ? {} : { cli: odd.cli === null ? null : listOf(odd.cli) }),
  }));
}

/** What must become of a file on that way. `null` when it cannot go there. */
export const wanted = ({ outcomes, cli }: HostileFile, way: Way): readonly Outcome[] | null =>
  way === 'cli' && cli !== undefined ? cli : outcomes;
