import { progressMeter, type ProgressEvent } from '../../../server/src/engines/remote/progress';

function meter(total: number | undefined, steps: [ms: number, bytes: number][]) {
  let time = 0;
  const events: ProgressEvent[] = [];
  const count = progressMeter(
    'upload',
    total,
    (event) => void events.push(event),
    () => time,
  );
  for (const [ms, bytes] of steps) {
    time += ms;
    count(bytes);
  }
  return events;
}

describe('progress events', () => {
  it('come now and then, always at the end, and lose no byte between them', () => {
    const events = meter(100, [
      [0, 10],
      [10, 10],
      [10, 10],
      [100, 10],
      [1, 60],
    ]);
    expect(events.map(({ loaded, bytes }) => [loaded, bytes])).toEqual([
      [10, 10],
      [40, 30],
      [100, 60],
    ]);
    expect(events.at(-1)?.progress).toBe(1);
  });

  it('tell rate and time left once there is something to measure', () => {
    const [first, second] = meter(4000, [
      [100, 500],
      [400, 500],
    ]);
    expect(first).toMatchObject({ rate: undefined, estimated: undefined });
    expect(second).toMatchObject({ rate: 2000, estimated: 1.5 });
  });

  it('leave out what an unknown length cannot tell', () => {
    expect(meter(undefined, [[500, 10]])[0]).toMatchObject({ loaded: 10, total: undefined, progress: undefined });
  });
});
