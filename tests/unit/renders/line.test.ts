import { setTimeout as sleep } from 'node:timers/promises';
import { createLine } from '../../../server/src/renders/line';

/** Works that end when they are told to, in the order in which they began. */
function works() {
  const begun: string[] = [];
  const ends = new Map<string, (value: string) => void>();
  const work = (name: string) => () => {
    begun.push(name);
    return new Promise<string>((resolve) => ends.set(name, resolve));
  };
  return { begun, work, end: (name: string) => ends.get(name)!(name) };
}

const never = new AbortController().signal;
const settings = { most: 1, waiting: 2, waitMs: 60_000 };

it('does so much at a time, in the order of asking', async () => {
  const { begun, work, end } = works();
  const line = createLine<string>({ ...settings, most: 2 });
  const results = ['a', 'b', 'c', 'd'].map((name) => line.run(name, never, work(name)));
  expect(begun).toEqual(['a', 'b']);
  end('b');
  await results[1];
  expect(begun).toEqual(['a', 'b', 'c']);
  for (const name of ['a', 'c']) end(name);
  await Promise.all([results[0], results[2]]);
  end('d');
  expect(await Promise.all(results)).toEqual(['a', 'b', 'c', 'd']);
  expect(line.length()).toBe(0);
});

it('does once what is asked for many times, and again what is asked for after that', async () => {
  const { begun, work, end } = works();
  const line = createLine<string>(settings);
  const results = Array.from({ length: 100 }, () => line.run('a', never, work('a')));
  end('a');
  expect(new Set(await Promise.all(results))).toEqual(new Set(['a']));
  expect(begun).toEqual(['a']);
  const again = line.run('a', never, work('a'));
  end('a');
  await again;
  expect(begun).toEqual(['a', 'a']);
});

it('refuses more than may wait, but not what is under way already', async () => {
  const { work, end } = works();
  const line = createLine<string>(settings);
  const results = ['a', 'b', 'c'].map((name) => line.run(name, never, work(name)));
  await expect(line.run('d', never, work('d'))).rejects.toMatchObject({ code: 'render.busy', status: 503 });
  const joined = line.run('c', never, work('c'));
  for (const name of ['a', 'b', 'c']) {
    end(name);
    await results[['a', 'b', 'c'].indexOf(name)];
  }
  expect(await joined).toBe('c');
});

it('gives the place of a caller who goes away to another, and ends what has begun', async () => {
  const { begun, work, end } = works();
  const line = createLine<string>(settings);
  const gone = new AbortController();
  const running = line.run('a', gone.signal, work('a'));
  const waiting = [line.run('b', gone.signal, work('b')), line.run('c', gone.signal, work('c'))];
  const other = line.run('c', never, work('c'));
  const all = Promise.allSettled([running, ...waiting]);
  gone.abort(new Error('gone'));
  expect((await all).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected']);
  expect(line.length()).toBe(2);
  end('a');
  await sleep(0);
  expect(begun).toEqual(['a', 'c']);
  end('c');
  expect(await other).toBe('c');
});

it('lets nobody wait for longer than they may, and keeps what has begun for the next', async () => {
  const { begun, work, end } = works();
  const line = createLine<string>({ ...settings, waitMs: 20 });
  await expect(line.run('a', never, work('a'))).rejects.toMatchObject({ code: 'render.busy' });
  const again = line.run('a', never, work('a'));
  end('a');
  expect(await again).toBe('a');
  expect(begun).toEqual(['a']);
});

it('tells all that wait of a failure, nobody else of one that nobody waits for, and goes on', async () => {
  const line = createLine<string>(settings);
  const fail = () => Promise.reject(new Error('no'));
  const failed = await Promise.allSettled([line.run('a', never, fail), line.run('a', never, fail)]);
  expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  const gone = new AbortController();
  const left = line.run('b', gone.signal, async () => {
    await sleep(5);
    throw new Error('unheard');
  });
  gone.abort(new Error('gone'));
  await expect(left).rejects.toThrow('gone');
  await sleep(20);
  expect(await line.run('c', never, async () => 'c')).toBe('c');
});
