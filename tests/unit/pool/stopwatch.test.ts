import { createStopwatch } from '../../../server/src/pool/tasks/stopwatch';

const at = (...times: number[]) => createStopwatch(() => times.shift()!);

it('rounds what each step took', () => {
  const watch = at(0, 10.4, 12, 40);
  watch.lap('decode');
  watch.lap('matte');
  watch.lap('encode');
  expect(watch.timings()).toEqual({ decode: 10, session: 0, run: 0, matte: 2, compose: 0, encode: 28 });
});

it('tells a run of less than a millisecond from none', () => {
  const watch = at(0, 5);
  watch.lap('matte');
  watch.move('matte', { session: 0, run: 0.3 });
  expect(watch.timings()).toMatchObject({ session: 0, run: 1, matte: 5 });
});
