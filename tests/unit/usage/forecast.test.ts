import { forecast } from '../../../server/src/usage/forecast';

const day = 24 * 60 * 60 * 1000;
const cycle = { startsAt: 0, endsAt: 30 * day, synced: true };

test('credits that end before the renewal have a day on which they do', () => {
  expect(forecast(100, 100, cycle, 10 * day)).toEqual({ perDay: 10, runsOutAt: 20 * day });
});

test('credits that last to the renewal have none', () => {
  expect(forecast(100, 201, cycle, 10 * day)).toEqual({ perDay: 10, runsOutAt: null });
});

test('nothing spent, nothing foretold', () => {
  expect(forecast(0, 5, cycle, 10 * day)).toEqual({ perDay: 0, runsOutAt: null });
});

test('the first minutes of a cycle are counted as a whole day', () => {
  expect(forecast(3, 1000, cycle, 60_000).perDay).toBe(3);
});
