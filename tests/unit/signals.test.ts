import { STORING_GRACE_MS, jobCancelled, leaseLost, queueStopped, untilItEnds } from '../../server/src/signals';

beforeEach(() => jest.useFakeTimers());
afterEach(() => jest.useRealTimers());

it.each([leaseLost, jobCancelled])('a call that is under way outlives its job: %p', (reason) => {
  const job = new AbortController();
  const call = untilItEnds(job.signal);
  job.abort(reason);
  jest.advanceTimersByTime(60_000);
  expect(call.aborted).toBe(false);
});

it('has a while to end when the queue stops: left at once, its file would arrive after it was swept', () => {
  const job = new AbortController();
  const call = untilItEnds(job.signal);
  job.abort(queueStopped);
  jest.advanceTimersByTime(STORING_GRACE_MS - 1);
  expect(call.aborted).toBe(false);
  jest.advanceTimersByTime(1);
  expect([call.aborted, call.reason]).toEqual([true, queueStopped]);
});

it('ends with its job for any other reason, one from before included', () => {
  const job = new AbortController();
  const call = untilItEnds(job.signal);
  job.abort(new Error('over'));
  expect([call.reason, untilItEnds(job.signal).reason]).toEqual([job.signal.reason, job.signal.reason]);
});
