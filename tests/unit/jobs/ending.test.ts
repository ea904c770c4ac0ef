import { CutoutError } from '../../../server/src/errors';
import { endingOf } from '../../../server/src/jobs/ending';

const settings = { maxAttempts: 3, retryDelayMs: 1000 };
const now = Date.parse('2026-01-02T03:04:05Z');
const endingFor = (error: unknown, { attempts = 1, waits = 0, random = 0.5 } = {}) =>
  endingOf(error, { attempts, waits }, settings, now, random);
const pauseOf = (...[error, job]: Parameters<typeof endingFor>) => {
  const ending = endingFor(error, job);
  return ending.state === 'queued' ? ending.runAt.getTime() - now : null;
};
const crash = new CutoutError('worker.crashed', 'x');

describe('what becomes of a job whose attempt made nothing', () => {
  it('is told by the error’s type', () => {
    expect(endingFor(new CutoutError('source.animated', 'moves'))).toEqual({
      state: 'skipped',
      code: 'source.animated',
      message: 'moves',
    });
    expect(endingFor(new CutoutError('source.truncated', 'half'))).toEqual({
      state: 'failed',
      code: 'source.truncated',
      message: 'half',
    });
    expect(endingFor(new CutoutError('worker.timeout', 'slow'))).toMatchObject({ state: 'queued', attempts: 1 });
  });

  it('is another try after a fault that nobody foresaw', () => {
    const message = 'The job could not be done: the reason is in the debug log.';
    expect(endingFor(new Error('odd'))).toMatchObject({ state: 'queued', code: 'job.failed', message });
    expect(endingFor('a text')).toMatchObject({ state: 'queued', message });
  });

  it('says what a fault of the system means, and never where', () => {
    const full = Object.assign(new Error("ENOSPC: no space left on device, mkdtemp '/srv/tmp/x'"), { code: 'ENOSPC' });
    expect(endingFor(full, { attempts: 3 })).toMatchObject({
      ...{ state: 'queued', code: 'machine.short', attempts: 2 },
      message: 'The job could not be done: the disk is full; free some space.',
    });
    const denied = Object.assign(new Error("EACCES: permission denied, open '/srv/a.jpg'"), { code: 'EACCES' });
    expect(endingFor(denied)).toMatchObject({
      message: "The job could not be done: permission is denied; give this process's user the right.",
    });
  });

  it('is failure at the last attempt', () => {
    expect(endingFor(crash, { attempts: 2 }).state).toBe('queued');
    expect(endingFor(crash, { attempts: 3 }).state).toBe('failed');
    expect(endingFor(crash, { attempts: 4 }).state).toBe('failed');
  });

  it('pauses twice as long after each failure, spread by a fifth', () => {
    expect([pauseOf(crash, { attempts: 1 }), pauseOf(crash, { attempts: 2 })]).toEqual([1000, 2000]);
    expect([pauseOf(crash, { random: 0 }), pauseOf(crash, { random: 1 })]).toEqual([800, 1200]);
  });

  it.each([
    'remote.rate-limited',
    'remote.unreachable',
    'remote.server-error',
    'remote.invalid-key',
    'model.missing',
    'model.download-failed',
    'source.unreadable',
    'storage.unavailable',
    'store.failed',
    'database.unavailable',
  ] as const)('%s waits at no cost of attempts, however often', (code) => {
    const error = new CutoutError(code, 'away');
    expect(endingFor(error, { attempts: 3, waits: 40 })).toMatchObject({ state: 'queued', attempts: 2, waits: 41 });
  });

  it('waits longer each time, over hours', () => {
    const away = new CutoutError('storage.unavailable', 'away');
    const pauses = [0, 1, 2, 9, 10, 500].map((waits) => pauseOf(away, { waits }));
    expect(pauses).toEqual([30_000, 60_000, 120_000, 15_360_000, 21_600_000, 21_600_000]);
  });

  it('waits until the time that is known', () => {
    const retryAt = now + 3_600_000;
    const error = new CutoutError('remote.daily-limit', 'tomorrow', { retryAt });
    expect(endingFor(error, { attempts: 3 })).toMatchObject({ state: 'queued', runAt: new Date(retryAt) });
  });

  it('is not made to wait longer by another job that is paying for the same picture', () => {
    const error = new CutoutError('remote.in-flight', 'soon', { retryAt: now + 2000 });
    expect(endingFor(error, { waits: 1 })).toMatchObject({ state: 'queued', waits: 1 });
  });

  it('is held where a person has to decide', () => {
    expect(endingFor(new CutoutError('remote.outcome-unknown', 'paid?'))).toMatchObject({ state: 'held' });
    expect(endingFor(new CutoutError('matte.damaged', 'again?'))).toMatchObject({ state: 'held' });
  });

  it('is no failure when its work became obsolete', () => {
    expect(endingFor(new CutoutError('job.stale', 'replaced'))).toMatchObject({ state: 'skipped', code: 'job.stale' });
  });
});
