import { readFile } from 'node:fs/promises';
import path from 'node:path';

/** What a container, or any control group of Linux, may hold, and what it holds that the system cannot simply drop. */
export interface ContainerMemory {
  limit: number;
  used: number;
}

/** The text of a file; null where it cannot be read. */
export type ReadText = (file: string) => Promise<string | null>;

interface Version {
  /** The line of `/proc/self/cgroup` with this process's group. */
  group: RegExp;
  root: string;
  limit: string;
  used: string;
  /** In `memory.stat`: of `used`, files that were read and are not needed now. */
  cache: RegExp;
}

/** https://docs.kernel.org/admin-guide/cgroup-v2.html#memory, …/cgroup-v1/memory.html */
const VERSIONS: Version[] = [
  {
    group: /^0::(.*)$/m,
    root: '/sys/fs/cgroup',
    ...{ limit: 'memory.max', used: 'memory.current', cache: /^inactive_file (\d+)$/m },
  },
  {
    group: /^\d+:(?:[^:]*,)?memory(?:,[^:]*)?:(.*)$/m,
    root: '/sys/fs/cgroup/memory',
    ...{ limit: 'memory.limit_in_bytes', used: 'memory.usage_in_bytes', cache: /^total_inactive_file (\d+)$/m },
  },
];

const readText: ReadText = (file) => readFile(file, 'utf8').catch(() => null);

/**
 * Of this process's group and those around it, the one with the least left; null without a limit. Inside a container its
 * own group is the root, whatever name the process knows it by.
 * @param most bytes of the machine: what allows more is no limit
 */
export async function containerMemory(most: number, read: ReadText = readText): Promise<ContainerMemory | null> {
  const groups = (await read('/proc/self/cgroup')) ?? '';
  const found = await Promise.all(
    VERSIONS.flatMap((version) => {
      const own = version.group.exec(groups)?.[1];
      return own === undefined ? [] : groupsAround(own).map((group) => memoryOf(version, group, read));
    }),
  );
  const limited = found.filter((one) => one !== null && one.limit < most) as ContainerMemory[];
  return limited.sort((a, b) => a.limit - a.used - (b.limit - b.used))[0] ?? null;
}

/** `/a/b` → `/a/b`, `/a`, `/` */
function groupsAround(group: string): string[] {
  const above = path.posix.dirname(group);
  return above === group || above === '.' ? [group] : [group, ...groupsAround(above)];
}

async function memoryOf(version: Version, group: string, read: ReadText): Promise<ContainerMemory | null> {
  const folder = path.posix.join(version.root, group);
  const [limit, used, stat] = await Promise.all(
    [version.limit, version.used, 'memory.stat'].map((file) => read(path.posix.join(folder, file))),
  );
  // `max` is no number.
  const [bytes, held] = [Number.parseInt(limit ?? '', 10), Number.parseInt(used ?? '', 10)];
  if (Number.isNaN(bytes) || Number.isNaN(held)) return null;
  return { limit: bytes, used: Math.max(0, held - Number(version.cache.exec(stat ?? '')?.[1] ?? 0)) };
}
