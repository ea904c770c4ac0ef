import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { createRenders } from '../../../server/src/renders';
import { createDisk, type Disk } from '../../../server/src/renders/disk';

const KB = 1024;
const MINUTE_MS = 60_000;

let folder: string;
let dir: string;
let now: number;
let faults: unknown[];
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-renders-'));
  dir = path.join(folder, 'renders');
  now = Date.now();
  faults = [];
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const open = (mostBytes = 100 * KB): Disk =>
  createDisk({ dir, mostBytes, now: () => now, onFault: (error) => void faults.push(error) });
const nameOf = (index: number): string => `${String(index).padStart(32, '0')}.webp`;
const made = (bytes: number, content = 'x'): string => {
  const file = path.join(folder, 'made');
  writeFileSync(file, Buffer.alloc(bytes, content));
  return file;
};
const kept = (): string[] => (existsSync(dir) ? readdirSync(dir).sort() : []);
const total = (): number => kept().reduce((sum, name) => sum + statSync(path.join(dir, name)).size, 0);
/** Files of 10 KB, each used a minute after the one before. */
const fill = async (disk: Disk, count: number): Promise<void> => {
  for (let index = 0; index < count; index += 1) {
    now += MINUTE_MS;
    await disk.put(nameOf(index), made(10 * KB));
    await disk.mark(nameOf(index));
  }
  await disk.trim();
};

it('keeps a file as it is, for others that open the folder later too', async () => {
  expect(await open().put(nameOf(1), made(5 * KB, 'abc'))).toBe(true);
  const found = await open().open(nameOf(1));
  expect(found?.bytes).toBe(5 * KB);
  expect((await buffer(found!.stream)).equals(Buffer.alloc(5 * KB, 'abc'))).toBe(true);
  expect(await open().open(nameOf(2))).toBeNull();
  expect(faults).toEqual([]);
});

it('stays within its size: what was used the longest ago goes first', async () => {
  const disk = open();
  await fill(disk, 9);
  now += 5 * MINUTE_MS;
  (await disk.open(nameOf(0)))?.stream.destroy();
  await sleep(20);
  for (let index = 9; index < 13; index += 1) {
    await disk.put(nameOf(index), made(10 * KB));
    await disk.mark(nameOf(index));
    await disk.trim();
    expect(total()).toBeLessThanOrEqual(100 * KB);
  }
  expect(kept()).toContain(nameOf(0));
  expect(kept()).not.toContain(nameOf(1));
  expect(kept()).toContain(nameOf(12));
});

it('is brought within a smaller size by whoever starts with that, and keeps nothing of what is too large', async () => {
  await fill(open(), 8);
  const small = open(30 * KB);
  expect(await small.put(nameOf(20), made(31 * KB))).toBe(false);
  await small.put(nameOf(21), made(1 * KB));
  await small.trim();
  expect(total()).toBeLessThanOrEqual(30 * KB);
  expect(faults).toEqual([]);
});

it('of size 0 is no cache, and empties the folder', async () => {
  await fill(open(), 2);
  const none = open(0);
  expect(await none.put(nameOf(3), made(1))).toBe(false);
  expect(await none.open(nameOf(0))).toBeNull();
  await none.trim();
  expect(kept()).toEqual([]);
});

it('touches no file that is not its own', async () => {
  mkdirSync(dir);
  writeFileSync(path.join(dir, 'holiday.webp'), Buffer.alloc(500 * KB));
  await fill(open(), 12);
  expect(kept()).toContain('holiday.webp');
  expect(kept().length).toBeGreaterThan(5);
});

it('takes a time of use that is still to come, from a clock that was set back, for the oldest', async () => {
  await fill(open(), 10);
  const ahead = new Date(now + 24 * 60 * MINUTE_MS);
  utimesSync(path.join(dir, nameOf(9)), ahead, ahead);
  const disk = open();
  await disk.put(nameOf(10), made(10 * KB));
  await disk.trim();
  expect(kept()).not.toContain(nameOf(9));
  expect(kept()).toContain(nameOf(8));
});

it.each(['a folder that is a file', 'a folder within a file'])('%s costs no answer', async (trouble) => {
  writeFileSync(dir, '');
  if (trouble.includes('within')) dir = path.join(dir, 'deeper');
  const disk = open();
  expect(await disk.put(nameOf(1), made(1))).toBe(false);
  expect(await disk.open(nameOf(1))).toBeNull();
  await disk.trim();
  expect(faults.length).toBeGreaterThan(0);
});

describe('several processes in one folder', () => {
  const write = (seed: number, mostBytes: number, count: number) => {
    const args = ['scripts/run-ts.mjs', 'tests/support/render-writer.ts', dir, seed, mostBytes, count].map(String);
    const child = spawn(process.execPath, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, TMPDIR: folder },
    });
    return { child, started: once(child.stdout, 'data'), ended: once(child, 'close') };
  };
  const isWhole = (name: string): boolean => {
    const hash = createHash('sha256')
      .update(readFileSync(path.join(dir, name)))
      .digest('hex');
    return name.startsWith(hash.slice(0, 32));
  };

  it('write the same and other files at once, and keep to the size', async () => {
    const mostBytes = 4_000_000;
    const writers = [1, 1, 2].map((seed) => write(seed, mostBytes, 60));
    const codes = (await Promise.all(writers.map(({ ended }) => ended))) as [number][];
    expect(codes.map(([code]) => code)).toEqual([0, 0, 0]);
    await open(mostBytes).trim();
    expect(total()).toBeLessThanOrEqual(mostBytes);
    expect(kept().length).toBeGreaterThan(5);
    expect(kept().filter((name) => !isWhole(name))).toEqual([]);
  });

  it('that are killed leave no file that is not whole, and nothing that the next start does not sweep', async () => {
    const { child, started, ended } = write(3, 100_000_000, 100_000);
    await started;
    await sleep(150);
    child.kill('SIGKILL');
    await ended;
    const settings = {
      dir,
      cacheMb: 100,
      concurrency: 1,
      waitMs: 1000,
      onFault: (error: unknown) => void faults.push(error),
    };
    await createRenders(settings).tidy();
    expect(kept().length).toBeGreaterThan(0);
    expect(kept().filter((name) => !isWhole(name))).toEqual([]);
    expect(faults).toEqual([]);
  });
});
