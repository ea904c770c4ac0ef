import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { ownerMark, stateOfOwner } from '../../server/src/owner-mark';
import { inWorkDir, makeWorkDir, removeWorkDirsNow, sweepWorkDirs, temporaryName } from '../../server/src/work-dir';

const HOUR_MS = 60 * 60_000;

let folder: string;
const at = (name: string): string => path.join(folder, name);

beforeEach(() => void (folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-work-dir-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A folder called after an owner, last touched so long ago. */
function left(mark: string, ageMs = 0): string {
  const name = `cutout-${mark}-abcdef`;
  mkdirSync(path.join(at(name), 'asset'), { recursive: true });
  const then = new Date(Date.now() - ageMs);
  utimesSync(at(name), then, then);
  return name;
}

test('work gets a folder of its own, which is gone when it ends, in whatever way', async () => {
  const seen: string[] = [];
  await inWorkDir(async (dir) => void seen.push(dir, ...readdirSync(folder)), folder);
  expect(seen[0]).toBe(at(seen[1]!));
  await expect(inWorkDir(() => Promise.reject(new Error('no')), folder)).rejects.toThrow('no');
  expect(readdirSync(folder)).toEqual([]);
});

test('a process in a hurry removes what it has at once', async () => {
  const dir = await makeWorkDir(folder);
  removeWorkDirsNow();
  expect(readdirSync(folder)).toEqual([]);
  await dir.remove();
});

test('a temporary folder that is not there is named by its remedy, without its path', async () => {
  const refused = makeWorkDir(at('nowhere'));
  const message = await refused.catch((error: Error & { code?: string }) => `${error.code}: ${error.message}`);
  expect(message).toMatch(/^temp\.unavailable: The temporary folder cannot be written: it is not there\. .*TMPDIR/);
  expect(message).not.toContain(folder);
});

describe('what is swept', () => {
  test('what a process left that is gone, and not what one that lives has', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const [place, , start] = ownerMark().split('-');
    const mine = left(ownerMark());
    const gone = left(`${place}-${child.pid}-1`);
    child.kill('SIGKILL');
    await once(child, 'close');
    const dead = left(`${place}-${child.pid}-${start}`);
    const file = temporaryName();
    const deadFile = file.replace(ownerMark(), `${place}-${child.pid}-${start}`);
    for (const name of [file, deadFile]) writeFileSync(at(name), '');
    await sweepWorkDirs(folder);
    expect([mine, file].filter((name) => !existsSync(at(name)))).toEqual([]);
    expect([gone, dead, deadFile].filter((name) => existsSync(at(name)))).toEqual([]);
  });

  test('a process that was given the number of one that is gone does not keep its folders', async () => {
    const [place] = ownerMark().split('-');
    expect(stateOfOwner(ownerMark())).toBe('alive');
    expect(stateOfOwner(`${place}-${process.pid}-1`)).toBe('gone');
  });

  test('what another machine or container has touched within the hour stays', async () => {
    const young = left(`00000000-${process.pid}-1`, HOUR_MS / 2);
    const old = left(`00000000-${process.pid}-2`, HOUR_MS * 2);
    await sweepWorkDirs(folder);
    expect([existsSync(at(young)), existsSync(at(old))]).toEqual([true, false]);
  });

  test('nothing that is only called alike, and nothing that a link leads to', async () => {
    mkdirSync(at('precious'));
    writeFileSync(path.join(at('precious'), 'file'), '');
    symlinkSync('precious', at('cutout-00000000-1-1-abcdef'));
    for (const name of ['cutout-test-abcdef', 'cutout-00000000-1-1', 'xcutout-00000000-1-1-abcdef']) {
      mkdirSync(at(name));
      utimesSync(at(name), new Date(0), new Date(0));
    }
    await sweepWorkDirs(folder, Date.now() + 2 * HOUR_MS);
    expect(readdirSync(folder).sort()).toEqual([
      'cutout-00000000-1-1',
      'cutout-test-abcdef',
      'precious',
      'xcutout-00000000-1-1-abcdef',
    ]);
    expect(readdirSync(at('precious'))).toEqual(['file']);
  });
});
