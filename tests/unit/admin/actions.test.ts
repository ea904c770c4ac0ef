import { type Engines, otherEngine, runAction } from '../../../admin/src/panel/actions';
import type { AssetState, AssetView } from '../../../server/src/api/contracts';

const everything = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
const nothing = { run: false, force: false, forgetWish: false, local: false, remote: false, remove: false };
const cutout = { key: 'cutout', url: '/uploads/c.webp', mime: 'image/webp', width: 9, height: 9, size: 1 };
const engines: Engines = {
  local: { model: 'isnet', effort: 'balanced', problem: null, typicalMs: 1234 },
  remote: { configured: true, problem: null, spendable: 412 },
};
const problem = { code: 'model.missing', message: 'No model.' };

type Given = Partial<Omit<AssetView, 'reason'>> & { code?: string };

const view = (state: AssetState, { code, ...given }: Given = {}) => ({
  state,
  reason: code === undefined ? null : { code, message: 'Why.' },
  stale: [],
  variants: state === 'ready' ? [cutout] : [],
  may: everything,
  engine: state === 'ready' ? ('local' as const) : null,
  corrected: false,
  remoteCredits: 1,
  ...given,
});
const run = (...given: Parameters<typeof view>) => runAction(view(...given), engines);
const other = (...given: Parameters<typeof view>) => otherEngine(view(...given), engines);

describe('the button that has a cutout made', () => {
  it.each([
    ['none', 'panel.run'],
    ['cancelled', 'panel.run'],
    ['failed', 'panel.run.retry'],
    ['waiting', 'panel.run.retry'],
    ['held', 'panel.run.retry'],
  ] as const)('of an image that is %s says %s', (state, label) => {
    expect(run(state)?.label).toBe(label);
  });

  it('asks for what the fields want, and insists only where there is a decision to make', () => {
    expect((['none', 'failed', 'waiting'] as const).map((state) => run(state)?.request)).toEqual([{}, {}, {}]);
    expect(run('held')?.request).toEqual({ force: true });
  });

  it.each(['queued', 'running', 'ready'] as const)('is absent while it would change nothing: %s', (state) => {
    expect(run(state)).toBeNull();
  });

  it('is there for a finished cutout that would be made otherwise now, and insists where a plain run does not renew', () => {
    expect(run('ready', { stale: ['options'] })).toEqual({ label: 'panel.run.renew', request: {} });
    expect(run('ready', { stale: ['options', 'model'] })).toEqual({
      label: 'panel.run.renew',
      request: { force: true },
    });
    expect(run('ready', { stale: ['model'], may: { ...everything, force: false } })).toBeNull();
    expect(run('ready', { stale: ['options'], may: { ...everything, force: false } })).not.toBeNull();
  });

  it.each(['source.svg', 'source.animated', 'source.already-transparent', 'source.unsupported', 'source.too-large'])(
    'is absent where the picture itself is the reason: %s',
    (code) => {
      expect(run('skipped', { code })).toBeNull();
      expect(run('failed', { code })).toBeNull();
    },
  );

  it.each(['budget.reached', 'budget.reserve', 'remote.monthly-limit', 'remote.daily-limit', 'remote.invalid-key'])(
    'makes it here where the account or its credits are what it waits for: %s',
    (code) => {
      expect(run('waiting', { code })).toEqual({ label: 'panel.run.local', request: { engine: 'local' } });
    },
  );

  it('does not promise to make it here where this server cannot', () => {
    const waiting = view('waiting', { code: 'budget.reached' });
    expect(runAction(waiting, { ...engines, local: { ...engines.local, problem } })).toBeNull();
    expect(runAction({ ...waiting, may: nothing }, engines)).toBeNull();
  });

  it('tries again what waits for something that a person may have mended', () => {
    expect(run('waiting', { code: 'model.missing' })?.request).toEqual({});
    expect(run('waiting', { code: 'remote.unreachable' })?.request).toEqual({});
  });

  it('is absent where the role may not press it', () => {
    for (const state of ['none', 'failed', 'waiting', 'held'] as const) expect(run(state, { may: nothing })).toBeNull();
    expect(run('held', { may: { ...nothing, run: true } })).toBeNull();
  });
});

describe('the other engine', () => {
  it('is the one that did not make it, with what it costs', () => {
    expect(other('ready')).toEqual({
      label: 'other.remote',
      cost: { kind: 'credit', left: 412 },
      request: { engine: 'remote' },
    });
    expect(other('ready', { engine: 'remote' })).toEqual({
      label: 'other.local',
      cost: { kind: 'free', seconds: 1 },
      request: { engine: 'local' },
    });
  });

  it('costs nothing where these bytes are paid for, whatever is left', () => {
    const spent = { ...engines, remote: { ...engines.remote, spendable: 0 } };
    expect(otherEngine(view('ready', { remoteCredits: 0 }), spent)?.cost).toEqual({ kind: 'paid' });
    expect(otherEngine(view('ready'), spent)).toBeNull();
  });

  it('may find what this one did not', () => {
    expect(other('skipped', { code: 'matte.no-subject', engine: 'local' })?.label).toBe('other.remote');
    expect(other('skipped', { code: 'source.svg', engine: 'local' })).toBeNull();
  });

  it('is not offered without a key, to whom may not spend, with the account stopped, or for what a person corrected', () => {
    const remote = (change: Partial<Engines['remote']>) =>
      otherEngine(view('ready'), { ...engines, remote: { ...engines.remote, ...change } });
    expect(remote({ configured: false })).toBeNull();
    expect(remote({ problem })).toBeNull();
    expect(other('ready', { may: { ...everything, remote: false } })).toBeNull();
    expect(other('ready', { corrected: true })).toBeNull();
    expect(otherEngine(view('ready'), undefined)).toBeNull();
  });
});
