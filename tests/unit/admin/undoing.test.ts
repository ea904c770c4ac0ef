import { undoOtherEngine, undoRemoval } from '../../../admin/src/pages/review/undoing';

const may = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
const variant = (key: string) => ({ key, url: '/x', mime: 'image/webp', width: 1, height: 1, size: 1 });
const before: Parameters<typeof undoRemoval>[0] = {
  ...{
    engine: 'local',
    corrected: false,
    ownOptions: [],
    optedOut: false,
    wish: null,
    remoteCredits: 1,
    runCredits: 0,
  },
  variants: [variant('cutout'), variant('cutout_matte'), variant('cutout_card')],
  may,
};
const presets = ['default', 'card', 'thumb'].map((name) => ({
  name,
  key: name === 'default' ? 'cutout' : `cutout_${name}`,
}));
type Given = Partial<typeof before>;
const removal = (given: Given = {}) => undoRemoval({ ...before, ...given }, presets);
const engine = (given: Given = {}) => undoOtherEngine({ ...before, ...given });

describe('taking a removal back', () => {
  it('asks for what the rules want where nothing else was wished', () => {
    expect(removal()).toEqual({});
  });

  it('asks for the presets that were there, as they were wished', () => {
    const wish = { presets: ['card'], engine: 'local' as const, effort: 'best' as const };
    expect(removal({ wish })).toEqual({ presets: ['default', 'card'], engine: 'local', effort: 'best' });
    expect(removal({ optedOut: true })).toEqual({ presets: ['default', 'card'] });
  });

  it('stays with this server where the rules would have it paid for', () => {
    expect(removal({ runCredits: 1 })).toEqual({ presets: ['default', 'card'], engine: 'local' });
    expect(removal({ runCredits: 1, engine: 'remote' })).toBeNull();
  });

  it('is there for a paid one that is kept, where the role may spend', () => {
    expect(removal({ engine: 'remote', remoteCredits: 0 })).toEqual({});
    expect(removal({ engine: 'remote', remoteCredits: 0, may: { ...may, remote: false } })).toBeNull();
  });

  it('is not there for what would be lost, or may not be made', () => {
    expect(removal({ corrected: true })).toBeNull();
    expect(removal({ ownOptions: ['card'] })).toBeNull();
    expect(removal({ may: { ...may, run: false } })).toBeNull();
    expect(removal({ optedOut: true, variants: [] })).toBeNull();
  });
});

describe('going back from the other engine', () => {
  it('is free to this server, and to the service where it is paid for', () => {
    expect(engine()).toEqual({ engine: 'local' });
    expect(engine({ engine: 'remote', remoteCredits: 0 })).toEqual({ engine: 'remote' });
    expect(engine({ engine: 'remote' })).toBeNull();
    expect(engine({ engine: 'remote', remoteCredits: 0, may: { ...may, remote: false } })).toBeNull();
  });
});
