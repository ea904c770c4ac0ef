import { reasonText } from '../../../admin/src/panel/reasonText';
import { stateSentences } from '../../../admin/src/panel/stateSentences';
import { waitsFor } from '../../../admin/src/panel/waiting';
import { wishSentence } from '../../../admin/src/panel/wishSentence';
import { kindOf, previewOf, sortVariants } from '../../../admin/src/panel/variants';
import { checkLabel } from '../../../admin/src/account/accountStop';
import { english } from '../../../admin/src/translations/words';
import type { AssetState, VariantView } from '../../../server/src/api/contracts';

const variant = (key: string): VariantView => ({
  key,
  url: `/uploads/${key}.webp`,
  mime: 'image/webp',
  width: 10,
  height: 10,
  size: 1,
});

const everything = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
const nothing = { run: false, force: false, forgetWish: false, local: false, remote: false, remove: false };

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

  it('names the limit that it is about', () => {
    const reason = { code: 'source.too-large', message: 'The file has 300 MB.' };
    expect(reasonText(reason, text, { megabytes: 200 })).toBe('The file is larger than 200 MB, the limit for cutouts.');
  });

  it("falls back to the server's sentence where it does not say what the words name", () => {
    expect(reasonText({ code: 'source.too-large', message: 'The file has 300 MB.' }, text)).toBe(
      'The file has 300 MB.',
    );
  });

  it("falls back to the server's sentence for a code the admin does not know", () => {
    expect(reasonText({ code: 'new.code', message: 'Something new happened.' }, text)).toBe('Something new happened.');
  });
});

describe('under the badge', () => {
  const reason = { code: 'model.corrupt', message: 'Expected isnet.onnx to have SHA-256 b6e8, got 00.' };
  const usual = { isWanted: false, nextTry: null, toldAbove: [] as string[] };
  const view = { reason: null, reasonValues: {}, may: everything, review: false, stale: [], optedOut: false };
  const said = (state: AssetState, circumstances: Partial<typeof usual> | { nextTry: string } = {}) =>
    stateSentences({ ...view, state, reason }, { ...usual, ...circumstances }, text);

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
    const others = stateSentences({ ...view, state: 'held', reason, may: nothing }, usual, text);
    expect(others).toEqual([english['reason.model.corrupt'], english['state.held.others']]);
  });

  it('a skip says why and no more', () => {
    expect(said('skipped')).toEqual([english['reason.model.corrupt']]);
  });

  it('an image nobody asked about says what would make its cutout', () => {
    expect(said('none', { isWanted: true })).toEqual([english['state.none.wanted']]);
    expect(said('none')).toEqual([english['state.none.hint']]);
    const only = stateSentences({ ...view, state: 'none', may: nothing }, usual, text);
    expect(only).toEqual([english['state.none.unwanted']]);
  });

  it('a finished cutout needs no words', () => {
    expect(said('ready')).toEqual([]);
  });

  it('an image whose cutout was removed says that no field brings it back', () => {
    const removed = { ...view, state: 'none', optedOut: true } as const;
    expect(stateSentences(removed, { ...usual, isWanted: true }, text)).toEqual([english['state.none.removed']]);
  });

  it('a finished cutout whose settings have changed says so', () => {
    const old = { ...view, state: 'ready', stale: ['options' as const] } as const;
    expect(stateSentences({ ...old, stale: [...old.stale] }, usual, text)).toEqual([english['state.stale']]);
  });

  it('a finished cutout that is unsure asks to be looked at, and only when it is there', () => {
    const unsure = { ...view, review: true };
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
    [
      { presets: ['card'], options: { card: { trim: true } }, effort: 'best' },
      'Asked for this image alone: card. With options of its own: card. Effort: best.',
    ],
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
