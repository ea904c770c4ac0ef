import { execFileSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createPool } from '../../../server/src/pool';
import type { Pool } from '../../../server/src/pool/contract';
import { describeIf } from '../../support/needs';
import { until } from '../../support/until';
import { buildWorker } from '../../support/worker';

let folder: string;
let pool: Pool;
const at = (name: string) => path.join(folder, name);
const copy = (source: string, timeoutMs = 30_000) =>
  pool.run('copy', { source, target: at('copy'), maxBytes: 1_000_000, name: 'cat.jpg' }, { timeoutMs });

beforeAll(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'cutout-copy-'));
  pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: buildWorker('copy') });
});
afterAll(async () => {
  await pool.destroy();
  rmSync(folder, { recursive: true, force: true });
});

describe('a file copied in a child', () => {
  it('arrives whole, with its hash', async () => {
    const bytes = randomBytes(300_000);
    writeFileSync(at('original'), bytes);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect(await copy(at('original'))).toEqual({ sha256, bytes: bytes.length });
    expect(readFileSync(at('copy')).equals(bytes)).toBe(true);
  });

  it.each([
    ['that is not there', 'missing', { code: 'storage.gone', message: 'ENOENT: no such file or directory' }],
    [
      'that is a folder',
      '.',
      { code: 'storage.unavailable', message: 'EISDIR: illegal operation on a directory, read' },
    ],
  ])('%s is told, without the path', async (_, name, error) => {
    await expect(copy(at(name))).rejects.toMatchObject(error);
  });

  it('is not larger than it may be', async () => {
    writeFileSync(at('large'), Buffer.alloc(1_000_001));
    await expect(copy(at('large'))).rejects.toMatchObject({ code: 'source.too-large' });
  });
});

describeIf(process.platform !== 'win32', 'reads that hang: need FIFOs')('a read that never returns', () => {
  it('costs its child, and the next file is read', async () => {
    execFileSync('mkfifo', [at('hangs')]);
    const hangs = copy(at('hangs'), 1500);
    const [child] = await until('the child runs', () => pool.pids().length > 0 && pool.pids());
    await expect(hangs).rejects.toMatchObject({ code: 'worker.timeout' });
    await until('the child has ended', () => !isRunning(child!), 10_000);
    writeFileSync(at('next'), 'next');
    expect((await copy(at('next'))).bytes).toBe(4);
  });
});

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}
