import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Says in a name which process owns what is called so: `<place>-<pid>-<start>`, so that another process can tell
 * whether the owner is gone. The place stands for this machine, this boot and this space of process ids: containers
 * that share a folder have pids that mean nothing to each other.
 */
export const OWNER_MARK = /([0-9a-f]{8})-(\d+)-(\d+)/;

let own: string | undefined;

export function ownerMark(): string {
  own ??= `${place()}-${process.pid}-${startOf(process.pid)?.at ?? '0'}`;
  return own;
}

/** `unknown`: the owner's process cannot be seen from here. */
export function stateOfOwner(mark: string): 'alive' | 'gone' | 'unknown' {
  const [, owner, pid, start] = OWNER_MARK.exec(mark) ?? [];
  if (owner !== place()) return 'unknown';
  if (!exists(Number(pid))) return 'gone';
  const now = startOf(Number(pid));
  // Without /proc nobody can tell whether it is the same process or one that was given its number.
  if (now === null) return Number(pid) === process.pid ? 'alive' : 'unknown';
  return now.at === start && !now.ended ? 'alive' : 'gone';
}

function place(): string {
  const boot = orNothing(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8'));
  const pids = orNothing(() => readlinkSync('/proc/self/ns/pid'));
  return createHash('sha256').update([hostname(), boot, pids].join('\n')).digest('hex').slice(0, 8);
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: there is one, of another user.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * When a process began, in ticks since the boot, and whether it is over but not yet taken leave of; proc(5), fields 22
 * and 3 of `stat`. The second field, the program's name, may hold anything: fields are counted from behind it.
 */
function startOf(pid: number): { at: string; ended: boolean } | null {
  const stat = orNothing(() => readFileSync(`/proc/${pid}/stat`, 'utf8'));
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const at = fields[19];
  return at === undefined ? null : { at, ended: fields[0] === 'Z' || fields[0] === 'X' };
}

function orNothing(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}
