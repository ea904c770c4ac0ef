import fc from 'fast-check';
import { decide, type DecideInputs, type Decision } from '../../../server/src/jobs/decide';
import type { FormatEntry } from '../../../server/src/tables/files';
import { variantKey } from '../../../server/src/assets/keys';

const presetHashes = { default: 'd1', card: 'c1', thumb: 't1' };
const photo = { mime: 'image/jpeg', formats: null };

const entry = (options: string, engine: 'local' | 'remote' = 'local') =>
  ({ url: '/x', cutout: { source: 's', options, engine, model: 'm' } }) as FormatEntry;
const made = (...presets: (keyof typeof presetHashes)[]) =>
  Object.fromEntries(presets.map((preset) => [variantKey(preset), entry(presetHashes[preset])]));

const fresh: DecideInputs = {
  wants: { presets: ['default'], engine: 'local' },
  presetHashes,
  file: photo,
  version: 1,
  latest: null,
  force: false,
};
const decideWith = (inputs: Partial<DecideInputs>) => decide({ ...fresh, ...inputs });
const askOf = (decision: Decision) => ('ask' in decision ? decision.ask : '');
/** The newest job as if it had been written for what is decided with these inputs. */
const jobFor = (inputs: Partial<DecideInputs>, state: NonNullable<DecideInputs['latest']>['state']) => ({
  id: 7,
  version: 1,
  presets: inputs.wants?.presets ?? ['default'],
  ask: askOf(decideWith({ ...inputs, latest: null, file: photo })),
  state,
  reasonCode: null as string | null,
});

describe('what follows from what is wanted and what is there', () => {
  it('is nothing when nothing is wanted', () => {
    expect(decideWith({ wants: null })).toEqual({ kind: 'nothing', reason: 'not-wanted' });
  });

  it('is a job for a new picture', () => {
    expect(decideWith({})).toMatchObject({ kind: 'job', presets: ['default'] });
  });

  it.each(['queued', 'running'] as const)('is nothing while the same is %s', (state) => {
    expect(decideWith({ latest: jobFor({}, state) })).toEqual({ kind: 'nothing', reason: 'under-way' });
  });

  it.each(['job.stale', 'job.superseded'])('is a job after one that was overtaken: %s', (reasonCode) => {
    expect(decideWith({ latest: { ...jobFor({}, 'skipped'), reasonCode } })).toMatchObject({ kind: 'job' });
  });

  it('is a job after one that failed for a reason that is gone, and for that alone', () => {
    const latest = { ...jobFor({}, 'failed'), reasonCode: 'model.missing' };
    expect(decideWith({ latest, cured: ['model.missing'] })).toMatchObject({ kind: 'job' });
    expect(decideWith({ latest, cured: ['remote.invalid-key'] })).toEqual({ kind: 'nothing', reason: 'settled' });
  });

  it.each(['failed', 'skipped', 'held'] as const)('is nothing after the same was %s, but a job by force', (state) => {
    const latest = jobFor({}, state);
    expect(decideWith({ latest })).toEqual({ kind: 'nothing', reason: 'settled' });
    expect(decideWith({ latest, force: true })).toMatchObject({ kind: 'job', presets: ['default'] });
  });

  it.each(['failed', 'skipped'] as const)('is a job after the same was %s when a person asks', (state) => {
    const latest = jobFor({}, state);
    expect(decideWith({ latest, asked: true })).toMatchObject({ kind: 'job', presets: ['default'] });
  });

  it('is the waiting job at once when a person asks, and the held one only by force', () => {
    expect(decideWith({ latest: jobFor({}, 'queued'), asked: true })).toMatchObject({ kind: 'extend', jobId: 7 });
    expect(decideWith({ latest: jobFor({}, 'running'), asked: true })).toEqual({
      kind: 'nothing',
      reason: 'under-way',
    });
    expect(decideWith({ latest: jobFor({}, 'held'), asked: true })).toEqual({ kind: 'nothing', reason: 'settled' });
  });

  it('is nothing when every preset is there with today’s options, but all of them by force', () => {
    const wants = { presets: ['card', 'default'], engine: 'local' as const };
    const file = { ...photo, formats: made('card', 'default') };
    const latest = jobFor({ wants }, 'done');
    expect(decideWith({ wants, file, latest })).toEqual({ kind: 'nothing', reason: 'up-to-date' });
    expect(decideWith({ wants, file, latest, force: true })).toMatchObject({
      kind: 'job',
      presets: ['card', 'default'],
    });
  });

  it('is a job for the presets alone that are missing or were made with other options', () => {
    const wants = { presets: ['card', 'default', 'thumb'], engine: 'local' as const };
    const formats = { ...made('default'), cutout_card: entry('an older hash') };
    expect(decideWith({ wants, file: { ...photo, formats } })).toMatchObject({
      kind: 'job',
      presets: ['card', 'thumb'],
    });
  });

  it('is a job again when a finished variant is gone', () => {
    expect(decideWith({ latest: jobFor({}, 'done') })).toMatchObject({ kind: 'job', presets: ['default'] });
  });

  it('is a job after the bytes changed, though the old bytes’ job is queued or failed', () => {
    const latest = jobFor({}, 'queued');
    expect(decideWith({ version: 2, latest })).toMatchObject({ kind: 'job' });
    expect(decideWith({ version: 2, latest: { ...latest, state: 'failed' } })).toMatchObject({ kind: 'job' });
  });

  it('adds to a queued job of the same bytes what another field wants', () => {
    const latest = jobFor({ wants: { presets: ['thumb'], engine: 'local' } }, 'queued');
    const wants = { presets: ['card', 'thumb'], engine: 'local' as const };
    expect(decideWith({ wants, latest })).toMatchObject({ kind: 'extend', jobId: 7, presets: ['card', 'thumb'] });
  });

  it('does not add to a job that runs already', () => {
    const latest = jobFor({ wants: { presets: ['thumb'], engine: 'local' } }, 'running');
    expect(decideWith({ wants: { presets: ['card'], engine: 'local' }, latest })).toMatchObject({
      kind: 'job',
      presets: ['card'],
    });
  });

  it('makes the queued job of the same ask a forced one', () => {
    expect(decideWith({ latest: jobFor({}, 'queued'), force: true })).toMatchObject({ kind: 'extend', jobId: 7 });
  });
});

describe('options of the asset’s own', () => {
  const wants = { presets: ['card', 'default'], engine: 'local' as const };
  const own = { ...presetHashes, card: 'own' };
  const file = { ...photo, formats: made('card', 'default') };

  it('are another ask, and make the preset’s variant anew', () => {
    const latest = jobFor({ wants }, 'done');
    const decision = decideWith({ wants, file, latest, presetHashes: own });
    expect(decision).toMatchObject({ kind: 'job', presets: ['card'] });
    expect(askOf(decision)).not.toBe(latest.ask);
    expect(decideWith({ wants, file, latest: jobFor({ wants }, 'running'), presetHashes: own })).toMatchObject({
      kind: 'job',
    });
  });

  it('that are taken back while they are being made are made back', () => {
    const running = jobFor({ wants, presetHashes: own, file }, 'running');
    expect(decideWith({ wants, file, latest: { ...running, presets: ['card'] } })).toMatchObject({
      kind: 'job',
      presets: ['card'],
    });
    expect(decideWith({ wants, file, version: 2, latest: running })).toMatchObject({ reason: 'up-to-date' });
  });

  it('make nothing beside the presets that are asked for', () => {
    expect(decideWith({ wants, file: photo, only: ['card'] })).toMatchObject({ kind: 'job', presets: ['card'] });
    expect(decideWith({ wants, file: { ...photo, formats: made('card') }, only: ['card'] })).toMatchObject({
      kind: 'nothing',
      reason: 'up-to-date',
    });
  });
});

describe('an effort wished for one asset', () => {
  const wants = { presets: ['default'], engine: 'local' as const, effort: 'best' as const };
  const of = (effort?: 'fast' | 'best', engine: 'local' | 'remote' = 'local') => ({
    ...photo,
    formats: {
      cutout: { url: '/x', cutout: { ...entry('d1', engine).cutout, ...(effort ? { effort } : {}) } } as never,
    },
  });

  it('makes anew what was made with less, and leaves what was made with as much', () => {
    expect(decideWith({ wants, file: of() })).toMatchObject({ kind: 'job' });
    expect(decideWith({ wants, file: of('best') })).toMatchObject({ reason: 'up-to-date' });
    expect(decideWith({ wants: { ...wants, effort: 'fast' }, file: of() })).toMatchObject({ reason: 'up-to-date' });
    expect(decideWith({ wants: { ...wants, engine: 'auto' }, file: of() })).toMatchObject({ kind: 'job' });
  });

  it('says nothing of what the service made or a person corrected', () => {
    expect(decideWith({ wants: { ...wants, engine: 'auto' }, file: of(undefined, 'remote') })).toMatchObject({
      reason: 'up-to-date',
    });
    const corrected = { cutout_matte: { cutout: { corrected: true } } as never };
    const file = { ...photo, formats: { ...of().formats, ...corrected } };
    expect(decideWith({ wants, file })).toMatchObject({ reason: 'up-to-date' });
  });
});

describe('the engine', () => {
  const local = { ...photo, formats: made('default') };
  const remote = { presets: ['default'], engine: 'remote' as const };

  it('makes a variant anew that the other one made', () => {
    expect(decideWith({ wants: remote, file: local, latest: jobFor({}, 'done') })).toMatchObject({ kind: 'job' });
  });

  it('is content with a fallback that the same ask ended in', () => {
    const latest = jobFor({ wants: remote }, 'done');
    expect(decideWith({ wants: remote, file: local, latest })).toEqual({ kind: 'nothing', reason: 'up-to-date' });
  });

  it('auto is content with either', () => {
    const wants = { presets: ['default'], engine: 'auto' as const };
    for (const engine of ['local', 'remote'] as const) {
      const file = { ...photo, formats: { cutout: entry('d1', engine) } };
      expect(decideWith({ wants, file })).toEqual({ kind: 'nothing', reason: 'up-to-date' });
    }
  });
});

describe('what cannot be made', () => {
  it.each([
    ['application/pdf', 'a.pdf', 'source.not-an-image'],
    ['video/mp4', 'a.mp4', 'source.not-an-image'],
    ['text/plain', 'notes.txt', 'source.not-an-image'],
  ])('%s is put on record as skipped, once', (mime, name, code) => {
    const file = { mime, name, formats: null };
    const decision = decideWith({ file });
    expect(decision).toMatchObject({ kind: 'record', state: 'skipped', reason: { code } });
    expect(decideWith({ file, latest: jobFor({}, 'skipped') })).toEqual({ kind: 'nothing', reason: 'settled' });
  });

  it.each([
    ['image/svg+xml', 'drawing.svg'],
    ['text/plain', 'photo.jpg'],
    ['application/pdf', 'scan.PNG'],
    ['application/octet-stream', 'blob'],
    ['', 'nothing'],
    [null, 'nothing'],
  ])('%s named %s is looked at: its bytes decide', (mime, name) => {
    expect(decideWith({ file: { mime, name, formats: null } })).toMatchObject({ kind: 'job' });
  });

  it('is asked anew when a rule allows more pixels', () => {
    const wants = { presets: ['default'], engine: 'local' as const, maxPixels: 1000 };
    const latest = { ...jobFor({ wants }, 'skipped'), reasonCode: 'source.too-many-pixels' };
    expect(decideWith({ wants, latest })).toEqual({ kind: 'nothing', reason: 'settled' });
    expect(decideWith({ wants: { ...wants, maxPixels: 2000 }, latest })).toMatchObject({ kind: 'job' });
    expect(decideWith({ wants: { presets: ['default'], engine: 'local' }, latest })).toMatchObject({ kind: 'job' });
  });

  it.each(['no-such', 'constructor', '__proto__'])('the unknown preset %s is put on record as failed', (name) => {
    expect(decideWith({ wants: { presets: [name], engine: 'local' } })).toMatchObject({
      kind: 'record',
      state: 'failed',
      reason: { code: 'options.invalid', message: expect.stringContaining(`received '${name}'`) },
    });
  });

  it('an unknown preset does not keep the known ones from being made', () => {
    const wants = { presets: ['crad', 'default'], engine: 'local' as const };
    expect(decideWith({ wants })).toMatchObject({ kind: 'job', presets: ['default'] });
    const latest = { ...jobFor({}, 'queued'), presets: ['gone', 'thumb'] };
    expect(decideWith({ wants: { presets: ['card'], engine: 'local' }, latest })).toMatchObject({
      kind: 'extend',
      presets: ['card', 'thumb'],
    });
  });
});

describe('asking again', () => {
  const names = Object.keys(presetHashes) as (keyof typeof presetHashes)[];
  it('never leads to a second job, whatever is there', () => {
    fc.assert(
      fc.property(
        fc.subarray(names, { minLength: 1 }),
        fc.subarray(names),
        fc.constantFrom('local', 'remote', 'auto'),
        fc.constantFrom('queued', 'running', 'failed', 'skipped', 'held'),
        (presets, there, engine, state) => {
          const inputs = { wants: { presets, engine }, file: { ...photo, formats: made(...there) } };
          const first = decideWith(inputs);
          if (first.kind !== 'job') return;
          const latest = { id: 1, version: 1, presets: first.presets, ask: first.ask, state, reasonCode: null };
          expect(decideWith({ ...inputs, latest }).kind).toBe('nothing');
        },
      ),
    );
  });
});
