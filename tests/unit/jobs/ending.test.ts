import { CutoutError } from '../../../server/src/errors';
import { decideRetry } from '../../../server/src/jobs/retry';

const settings = { maxAttempts: 3, retryDelayMs: 1000 };
const now = new Date('2026-01-02T03:04:05Z');
const decideFor = (error: unknown, attempts = 1, random = 0.5) =>
  decideRetry(error, { attempts }, settings, now, random);
const delayOf = (attempts: number, random: number) => {
  const verdict = decideFor(new CutoutError('worker.crashed', 'x'), attempts, random);
  return verdict.state === 'queued' ? verdict.runAt.getTime() - now.getTime() : null;
};

describe('what becomes of a job whose attempt failed', () => {
  it('is told by the error’s type', () => {
    expect(decideFor(new CutoutError('source.animated', 'moves'))).toEqual({
      state: 'skipped',
      code: 'source.animated',
      message: 'moves',
    });
    expect(decideFor(new CutoutError('model.missing', 'where'))).toEqual({
      state: 'failed',
      code: 'model.missing',
      message: 'where',
    });
    expect(decideFor(new CutoutError('worker.timeout', 'slow'))).toMatchObject({
      state: 'queued',
      code: 'worker.timeout',
      message: 'slow',
    });
  });

  it('is another try after a fault that nobody foresaw, such as a database that was away', () => {
    expect(decideFor(new Error('connection terminated'))).toMatchObject({
      state: 'queued',
      code: 'job.failed',
      message: 'connection terminated',
    });
    expect(decideFor('a text')).toMatchObject({ state: 'queued', message: 'a text' });
  });

  it('is failure at the last attempt', () => {
    const error = new CutoutError('worker.crashed', 'x');
    expect(decideFor(error, 2).state).toBe('queued');
    expect(decideFor(error, 3).state).toBe('failed');
    expect(decideFor(error, 4).state).toBe('failed');
  });

  it('waits twice as long each time, spread by a fifth', () => {
    expect([delayOf(1, 0.5), delayOf(2, 0.5)]).toEqual([1000, 2000]);
    expect([delayOf(1, 0), delayOf(1, 1)]).toEqual([800, 1200]);
    expect(delayOf(3, 0.5)).toBeNull();
  });

  it('waits for a window to turn at no cost of attempts', () => {
    const retryAt = now.getTime() + 3_600_000;
    const error = new CutoutError('remote.daily-limit', 'tomorrow', { retryAt });
    expect(decideFor(error, 3)).toMatchObject({ state: 'queued', attempts: 2, runAt: new Date(retryAt) });
  });

  it('is held where a person has to decide', () => {
    expect(decideFor(new CutoutError('remote.outcome-unknown', 'paid?'))).toMatchObject({ state: 'held' });
  });

  it('is no failure when its work became obsolete', () => {
    expect(decideFor(new CutoutError('job.stale', 'replaced'))).toMatchObject({ state: 'skipped', code: 'job.stale' });
  });
});
