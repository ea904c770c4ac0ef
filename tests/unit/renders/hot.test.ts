import { createHot } from '../../../server/src/renders/hot';

const create = () => createHot({ mostBytes: 30, largest: 10, now: () => 0 });
const of = (length: number) => Buffer.alloc(length);

it('holds so many bytes, and what was asked for last', () => {
  const hot = create();
  for (const name of ['a', 'b', 'c']) hot.put(name, of(10));
  hot.get('a');
  hot.put('d', of(10));
  expect(['a', 'b', 'c', 'd'].map((name) => hot.get(name) !== undefined)).toEqual([true, false, true, true]);
});

it('leaves large ones to the disk, and counts one that is put twice once', () => {
  const hot = create();
  hot.put('large', of(11));
  expect(hot.get('large')).toBeUndefined();
  for (let at = 0; at < 5; at += 1) hot.put('a', of(10));
  hot.put('b', of(10));
  hot.put('c', of(10));
  expect(['a', 'b', 'c'].every((name) => hot.get(name))).toBe(true);
});
