import { expectWindowMs, pollDelay } from '../../../admin/src/panel/polling';
import { reasonText } from '../../../admin/src/panel/reasonText';
import { runAction } from '../../../admin/src/panel/runAction';
import { stateSentences } from '../../../admin/src/panel/stateSentences';
import { waitsFor } from '../../../admin/src/panel/waiting';
import { wishSentence } from '../../../admin/src/panel/wishSentence';
import { kindOf, previewOf, sortVariants } from '../../../admin/src/panel/variants';
import { checkLabel } from '../../../admin/src/account/accountStop';
import { english } from '../../../admin/src/translations';
import type { AssetState, AssetView, VariantView } from '../../../server/src/api/contracts';

const variant = (key: string): VariantView => ({
  key,
  url: `/uploads/${key}.webp`,
  mime: 'image/webp',
  width: 10,
  height: 10,
  size: 1,
});

const everything = { run: true, force: true, forgetWish: true };
const nothing = { run: false, force: false, forgetWish: false };

const status = (state: AssetState, variants: VariantView[] = []): AssetView => ({
  fileId: 1,
  name: 'photo.jpg',
  state,
  reason: null,
  attempts: 0,
  engine: null,
  model: null,
  chosenBecause: null,
  confidence: null,
  review: false,
  progress: null,
  retryAt: null,
  durationMs: null,
  stale: [],
  wish: null,
  variants,
  may: everything,
});

describe('polling', () => {
  it('looks every second at first and more rarely the longer the work takes', () => {
    const delays = [0, 9_999, 10_000, 60_000, 300_000, 3_600_000].map((ms) => pollDelay('running', ms, false));
    expect(delays).toEqual([1_000, 1_000, 2_000, 5_000, 15_000, 15_000]);
  });

  it.each(['ready', 'skipped', 'failed', 'held'] as const)('stops when the cutout is %s', (state) => {
    expect(pollDelay(state, 0, true)).toBeNull();
  });

  it('looks for an expected job for a short while, and not at all where none is expected', () => {
    expect(pollDelay('none', 0, true)).toBe(1_000);
    expect(pollDelay('none', expectWindowMs, true)).toBeNull();
    expect(pollDelay('none', 0, false)).toBeNull();
  });
});

describe('the button', () => {
  it.each([
    ['none', [], 'panel.run'],
    ['skipped', [], 'panel.run'],
    ['ready', [variant('cutout')], 'panel.run.again'],
    ['queued', [variant('cutout')], 'panel.run.busy'],
    ['running', [], 'panel.run.busy'],
    ['waiting', [], 'panel.run.retry'],
    ['held', [], 'panel.run.retry'],
    ['failed', [variant('cutout')], 'panel.run.retry'],
  ] as const)('of an asset that is %s with variants %j says %s', (state, variants, label) => {
    expect(runAction(status(state, [...variants]))?.label).toBe(label);
  });

  it('asks for what the fields want, and insists only where there is a cutout or a decision to make', () => {
    const requests = (['none', 'skipped', 'failed', 'waiting'] as const).map(
      (state) => runAction(status(state))?.request,
    );
    expect(requests).toEqual([{}, {}, {}, {}]);
    expect(runAction(status('failed', [variant('cutout')]))?.request).toEqual({});
    expect(runAction(status('ready', [variant('cutout')]))?.request).toEqual({ force: true });
    expect(runAction(status('held'))?.request).toEqual({ force: true });
  });

  it('is absent where the role may not press it', () => {
    const shown = (state: AssetState, may: Partial<typeof nothing>) =>
      runAction({ ...status(state, state === 'ready' ? [variant('cutout')] : []), may: { ...nothing, ...may } }) !==
      null;
    expect([shown('none', {}), shown('none', { run: true })]).toEqual([false, true]);
    expect([shown('ready', { run: true }), shown('ready', { force: true })]).toEqual([false, true]);
    expect([shown('held', { run: true }), shown('held', { force: true })]).toEqual([false, true]);
    expect([shown('running', {}), shown('running', { run: true })]).toEqual([false, true]);
  });
});

describe('variants', () => {
  it('are listed with the default cutout first and the mask last', () => {
    const keys = ['cutout_matte', 'cutout_thumb', 'cutout', 'cutout_card'];
    expect(sortVariants(keys.map(variant)).map(({ key }) => key)).toEqual([
      'cutout',
      'cutout_card',
      'cutout_thumb',
      'cutout_matte',
    ]);
  });

  it('give the default cutout as the picture to show, else another preset, never the mask', () => {
    expect(previewOf([variant('cutout_matte'), variant('cutout_card'), variant('cutout')])?.key).toBe('cutout');
    expect(previewOf([variant('cutout_matte'), variant('cutout_card')])?.key).toBe('cutout_card');
    expect(previewOf([variant('cutout_matte')])).toBeUndefined();
  });

  it('are named after their preset', () => {
    expect(kindOf(variant('cutout_card_big'))).toEqual({ kind: 'preset', name: 'card_big' });
  });
});

const text = (key: keyof typeof english, values: Record<string, string | number> = {}) =>
  english[key].replace(/\{(\w+)\}/g, (_all, name: string) => String(values[name]));

describe('a reason', () => {
  it("is said in the editor's words", () => {
    expect(reasonText({ code: 'source.svg', message: 'image/svg+xml is skipped' }, text)).toBe(
      english['reason.source.svg'],
    );
  });

  it("falls back to the server's sentence for a code the admin does not know", () => {
    expect(reasonText({ code: 'new.code', message: 'Something new happened.' }, text)).toBe('Something new happened.');
  });
});

describe('under the badge', () => {
  const reason = { code: 'model.corrupt', message: 'Expected isnet.onnx to have SHA-256 b6e8, got 00.' };
  const usual = { isWanted: false, nextTry: null, toldAbove: [] as string[] };
  const said = (state: AssetState, circumstances: Partial<typeof usual> | { nextTry: string } = {}) =>
    stateSentences({ state, reason, may: everything, review: false }, { ...usual, ...circumstances }, text);

  it('a failure says why in plain words and then what the server knows about it', () => {
    expect(said('failed')).toEqual([english['reason.model.corrupt'], reason.message]);
  });

  it('a failure does not repeat what a banner says above', () => {
    expect(said('failed', { toldAbove: [reason.message] })).toEqual([english['reason.model.corrupt']]);
  });

  it('a wait says why and what it waits for', () => {
    expect(said('waiting')).toEqual([english['reason.model.corrupt'], english['state.waiting.for.model']]);
  });

  it('a long wait says also when it is tried again', () => {
    expect(said('waiting', { nextTry: 'Dec 1, 2026' })).toEqual([
      english['reason.model.corrupt'],
      english['state.waiting.for.model'],
      'Next try: Dec 1, 2026.',
    ]);
  });

  it.each([
    ['remote.invalid-key', 'account'],
    ['remote.forbidden', 'account'],
    ['remote.email-not-verified', 'account'],
    ['remote.monthly-limit', 'credits'],
    ['budget.reached', 'credits'],
    ['remote.rate-limited', 'service'],
    ['remote.unreachable', 'service'],
    ['remote.server-error', 'service'],
    ['remote.timeout', 'service'],
    ['model.missing', 'model'],
    ['model.download-failed', 'model'],
    ['source.unreadable', 'storage'],
    ['store.failed', 'storage'],
  ] as const)('a wait because of %s is one for the %s', (code, what) => {
    expect(waitsFor(code)).toBe(`state.waiting.for.${what}`);
  });

  it('a wait for anything else says that nothing needs to be done', () => {
    expect(waitsFor('remote.in-flight')).toBe('state.waiting.hint');
  });

  it('a held job says that it needs a person', () => {
    expect(said('held')).toEqual([english['reason.model.corrupt'], english['state.held.hint']]);
    const others = stateSentences({ state: 'held', reason, may: nothing, review: false }, usual, text);
    expect(others).toEqual([english['reason.model.corrupt'], english['state.held.others']]);
  });

  it('a skip says why and no more', () => {
    expect(said('skipped')).toEqual([english['reason.model.corrupt']]);
  });

  it('an image nobody asked about says what would make its cutout', () => {
    expect(said('none', { isWanted: true })).toEqual([english['state.none.wanted']]);
    expect(said('none')).toEqual([english['state.none.hint']]);
    const only = stateSentences({ state: 'none', reason: null, may: nothing, review: false }, usual, text);
    expect(only).toEqual([english['state.none.unwanted']]);
  });

  it('a finished cutout needs no words', () => {
    expect(said('ready')).toEqual([]);
  });

  it('a finished cutout that is unsure asks to be looked at, and only when it is there', () => {
    const unsure = { reason: null, may: everything, review: true };
    expect(stateSentences({ ...unsure, state: 'ready' }, usual, text)).toEqual([english['state.review.hint']]);
    expect(stateSentences({ ...unsure, state: 'running' }, usual, text)).toEqual([]);
  });
});

describe('a remembered wish', () => {
  const list = (names: string[]) => names.join(' and ');
  it.each([
    [{ presets: ['card', 'default'] }, 'Asked for this image alone: card and default.'],
    [{ presets: ['card'], engine: 'local' }, 'Asked for this image alone: card, made on this server.'],
    [{ presets: [], engine: 'remote' }, 'Asked for this image alone: what its fields want, made by the Rembg API.'],
  ] as const)('%j is said in plain words', (wish, sentence) => {
    expect(wishSentence({ ...wish, presets: [...wish.presets] }, list, text)).toBe(sentence);
  });
});

describe('the button that checks the account', () => {
  it('is there for stops that end at the account, and for no other', () => {
    expect(checkLabel('remote.email-not-verified')).toBe('account.check.verified');
    expect([checkLabel('remote.invalid-key'), checkLabel('remote.forbidden')]).toEqual([
      'account.check',
      'account.check',
    ]);
    expect([checkLabel('remote.monthly-limit'), checkLabel('remote.not-configured')]).toEqual([null, null]);
  });
});
