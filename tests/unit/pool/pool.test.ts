import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createPool } from '../../../server/src/pool';
import type { Pool } from '../../../server/src/pool/contract';
import type { SourceLimits } from '../../../server/src/imaging/picture';
import { buildWorker } from '../../support/worker';

const WORKER = join(__dirname, 'misbehaving-worker.cjs');
const pools: Pool[] = [];

function openPool(settings: Partial<Parameters<typeof createPool>[0]> = {}): Pool {
  const pool = createPool({ workers: 1, idleTimeoutMs: 10_000, workerFile: WORKER, ...settings });
  pools.push(pool);
  return pool;
}

afterEach(async () => {
  await Promise.all(pools.splice(0).map((pool) => pool.destroy()));
});

/** What the misbehaving worker is told to do. */
const act = (name: string, source = '/a.jpg') => ({ source, limits: { act: name } as unknown as SourceLimits });
const pidOf = async (pool: Pool, name = 'echo'): Promise<number> => {
  const answer = await pool.run('inspect', act(name), { timeoutMs: 10_000 });
  return (answer as unknown as { pid: number }).pid;
};

async function until(condition: () => boolean, ms: number): Promise<void> {
  const end = Date.now() + ms;
  while (!condition()) {
    if (Date.now() > end) throw new Error(`not so within ${ms} ms`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

test('nothing runs before the first task, and one child serves task after task', async () => {
  const pool = openPool();
  expect(pool.pids()).toEqual([]);
  const first = await pidOf(pool);
  expect(pool.pids()).toEqual([first]);
  expect(await pidOf(pool)).toBe(first);
});

test('an idle child ends by itself, and the next task gets a new one', async () => {
  const pool = openPool({ idleTimeoutMs: 100 });
  const first = await pidOf(pool);
  await until(() => pool.pids().length === 0 && !alive(first), 5000);
  expect(await pidOf(pool)).not.toBe(first);
});

test('a task that hangs in native code is killed at its time limit, and the next one gets a fresh child', async () => {
  const pool = openPool();
  const hung = await pidOf(pool);
  const started = Date.now();
  await expect(pool.run('inspect', act('hang'), { timeoutMs: 300 })).rejects.toMatchObject({
    code: 'worker.timeout',
    retryable: true,
    message: 'The picture task "inspect" was stopped after 300 ms.',
  });
  expect(Date.now() - started).toBeLessThan(3000);
  expect(await pidOf(pool)).not.toBe(hung);
  await until(() => !alive(hung), 5000);
});

test('a child that crashes fails its task as retryable, and the next one gets a fresh child', async () => {
  const pool = openPool();
  await expect(pool.run('inspect', act('crash'), { timeoutMs: 10_000 })).rejects.toMatchObject({
    code: 'worker.crashed',
    retryable: true,
  });
  expect(await pidOf(pool)).toBeGreaterThan(0);
});

test('tasks that wait behind a crash or a hang still run', async () => {
  const pool = openPool();
  const settled = await Promise.allSettled([
    pool.run('inspect', act('crash'), { timeoutMs: 10_000 }),
    pool.run('inspect', act('echo'), { timeoutMs: 10_000 }),
    pool.run('inspect', act('hang'), { timeoutMs: 200 }),
    pool.run('inspect', act('echo'), { timeoutMs: 10_000 }),
  ]);
  expect(settled.map(({ status }) => status)).toEqual(['rejected', 'fulfilled', 'rejected', 'fulfilled']);
});

test('a child killed while it is idle is no trouble', async () => {
  const pool = openPool();
  const pid = await pidOf(pool);
  process.kill(pid, 'SIGKILL');
  await until(() => pool.pids().length === 0, 5000);
  expect(await pidOf(pool)).not.toBe(pid);
});

test('time spent waiting for a free child does not count against a task', async () => {
  const pool = openPool();
  await pidOf(pool);
  const tasks = [1, 2, 3].map(() => pool.run('inspect', act('sleep'), { timeoutMs: 400 }));
  await expect(Promise.all(tasks)).resolves.toHaveLength(3);
});

test('no more children than workers run at once', async () => {
  const pool = openPool({ workers: 2 });
  const pids = await Promise.all([1, 2, 3, 4, 5].map(() => pidOf(pool, 'sleep')));
  expect(new Set(pids).size).toBe(2);
});

describe('a caller that gives up', () => {
  test('stops a running task with job.cancelled', async () => {
    const pool = openPool();
    await pidOf(pool);
    const caller = new AbortController();
    const running = pool.run('inspect', act('hang'), { timeoutMs: 10_000, signal: caller.signal });
    setTimeout(() => caller.abort(), 100);
    await expect(running).rejects.toMatchObject({ code: 'job.cancelled' });
    expect(await pidOf(pool)).toBeGreaterThan(0);
  });

  test('leaves the queue without a trace', async () => {
    const pool = openPool();
    const first = pidOf(pool, 'sleep');
    const caller = new AbortController();
    const waiting = pool.run('inspect', act('echo'), { timeoutMs: 10_000, signal: caller.signal });
    caller.abort();
    await expect(waiting).rejects.toMatchObject({ code: 'job.cancelled' });
    const pid = await first;
    expect(await pidOf(pool)).toBe(pid);
  });

  test('before it began gets job.cancelled at once', async () => {
    const pool = openPool();
    const signal = AbortSignal.abort();
    await expect(pool.run('inspect', act('echo'), { timeoutMs: 10_000, signal })).rejects.toMatchObject({
      code: 'job.cancelled',
    });
    expect(pool.pids()).toEqual([]);
  });
});

test('closing ends the children, running and waiting tasks hear job.cancelled, and so does a late one', async () => {
  const pool = openPool();
  const pid = await pidOf(pool);
  const running = pool.run('inspect', act('hang'), { timeoutMs: 10_000 });
  const waiting = pool.run('inspect', act('echo'), { timeoutMs: 10_000 });
  const heard = Promise.allSettled([running, waiting]);
  await pool.destroy();
  for (const outcome of await heard) expect(outcome).toMatchObject({ reason: { code: 'job.cancelled' } });
  await until(() => !alive(pid), 5000);
  await expect(pool.run('inspect', act('echo'), { timeoutMs: 1000 })).rejects.toMatchObject({ code: 'job.cancelled' });
});

test("a task's own error arrives as what it was", async () => {
  const pool = openPool();
  await expect(pool.run('inspect', act('refuse'), { timeoutMs: 10_000 })).rejects.toMatchObject({
    name: 'CutoutError',
    code: 'source.svg',
    skip: true,
    message: 'No photo.',
  });
});

test('a child that breaks the contract fails the task, not the pool', async () => {
  const pool = openPool();
  await expect(pool.run('inspect', act('throw'), { timeoutMs: 10_000 })).rejects.toMatchObject({
    code: 'worker.failed',
    message: 'The picture process failed at the task "inspect"; the debug log says how.',
  });
  expect(await pidOf(pool)).toBeGreaterThan(0);
});

describe('a worker that cannot start', () => {
  test('is named when its file is missing', async () => {
    const pool = openPool({ workerFile: '/nowhere/worker.js' });
    await expect(pool.run('inspect', act('echo'), { timeoutMs: 1000 })).rejects.toMatchObject({
      code: 'worker.failed',
      message: expect.stringMatching(/^The picture worker is missing; build the plugin/),
    });
  });

  test('fails the tasks that wait for it at once, not at their time limit', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'cutout-pool-'));
    const workerFile = join(folder, 'worker.cjs');
    writeFileSync(workerFile, 'process.exit(3);');
    const pool = openPool({ workerFile });
    const started = Date.now();
    await expect(pool.run('inspect', act('echo'), { timeoutMs: 20_000 })).rejects.toMatchObject({
      code: 'worker.crashed',
    });
    expect(Date.now() - started).toBeLessThan(5000);
    rmSync(folder, { recursive: true });
  });
});

test('a child is told nothing of what its parent keeps secret', async () => {
  process.env.CUTOUT_TEST_API_KEY = 'secret';
  try {
    const pool = openPool();
    const answer = await pool.run('inspect', act('environment'), { timeoutMs: 10_000 });
    const { env, execArgv } = answer as unknown as { env: Record<string, string>; execArgv: string[] };
    expect(Object.values(env)).not.toContain('secret');
    expect(env.PATH).toBe(process.env.PATH);
    expect(env.NODE_OPTIONS).toBeUndefined();
    expect(execArgv).toEqual(['--expose-gc']);
  } finally {
    delete process.env.CUTOUT_TEST_API_KEY;
  }
});

test('the real child ends by itself when its parent is killed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cutout-pool-'));
  const script = join(folder, 'parent.mjs');
  const tinypool = JSON.stringify(pathToFileURL(require.resolve('tinypool')).href);
  const filename = JSON.stringify(buildWorker('pool'));
  writeFileSync(
    script,
    `import { Tinypool } from ${tinypool};
    const pool = new Tinypool({ runtime: 'child_process', filename: ${filename}, maxThreads: 1, minThreads: 0, idleTimeout: 60000 });
    await pool.run({ source: '/nowhere.jpg', limits: {} }, { name: 'inspect' });
    console.log(pool.threads[0].threadId);
    setInterval(() => {}, 1000);`,
  );
  const parent = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => parent.stdout.once('data', (data) => resolve(Number(data))));
  expect(alive(pid)).toBe(true);
  parent.kill('SIGKILL');
  await until(() => !alive(pid), 5000);
  rmSync(folder, { recursive: true });
}, 20_000);
