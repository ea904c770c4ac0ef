import { planSentences } from '../../../admin/src/bulk/planSentences';
import { engineSentences } from '../../../admin/src/field/engineSentences';
import { hasItems, isShown, menuItems } from '../../../admin/src/media-field/menuItems';
import { folderPath } from '../../../admin/src/media-library/folderPath';
import type { Engines } from '../../../admin/src/panel/actions';
import type { Found } from '../../../admin/src/services/asking';
import type { english } from '../../../admin/src/translations/words';
import type { AssetState, AssetView, BulkPlan } from '../../../server/src/api/contracts';

/** The key of each message, with what it is about. */
const text = (key: keyof typeof english, values: Record<string, string | number> = {}) =>
  [key, ...Object.values(values)].join(' ');

const cutout = { key: 'cutout', url: '/uploads/c.webp', mime: 'image/webp', width: 9, height: 9, size: 1 };
const everything = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
const nothing = { run: false, force: false, forgetWish: false, local: false, remote: false, remove: false };
const engines: Engines = {
  local: { model: 'isnet', effort: 'balanced', problem: null, typicalMs: 1234 },
  remote: { configured: true, problem: null, spendable: 412 },
};

const view = (state: AssetState, given: Partial<AssetView> = {}): AssetView => ({
  ...{ fileId: 1, name: 'mug.jpg', state, reason: null, attempts: 0, model: null, chosenBecause: null },
  ...{ confidence: null, review: false, progress: null, retryAt: null, durationMs: null, wish: null, stale: [] },
  ...{
    reasonValues: {},
    thumbnail: null,
    ownOptions: [],
    optedOut: false,
    accepted: false,
    corrected: false,
    remoteCredits: 1,
    runCredits: 0,
    may: everything,
  },
  engine: state === 'ready' ? 'local' : null,
  variants: state === 'ready' ? [cutout] : [],
  ...given,
});

describe('the menu of a media field', () => {
  it('has for a finished cutout the other engine, its address and its removal', () => {
    const { runs, url, canRemove } = menuItems(view('ready'), engines);
    expect([runs.map(({ label }) => label), url, canRemove]).toEqual([['other.remote'], '/uploads/c.webp', true]);
  });

  it('has nothing that the role may not do', () => {
    expect(menuItems(view('ready', { may: nothing }), engines)).toMatchObject({ runs: [], canRemove: false });
    expect(hasItems(menuItems(view('none', { may: nothing }), engines))).toBe(false);
  });

  it('leads to the editor where there is a mask to correct, and the role may change the file', () => {
    const variants = [cutout, { ...cutout, key: 'cutout_matte' }];
    expect(menuItems(view('ready', { variants }), engines).editPath).toBe('/plugins/cutout/edit/1');
    expect(menuItems(view('ready'), engines).editPath).toBeNull();
    expect(menuItems(view('ready', { variants, may: nothing }), engines).editPath).toBeNull();
  });

  it('has nothing while the cutout is being made for the first time', () => {
    expect(hasItems(menuItems(view('running'), engines))).toBe(false);
  });

  it('is there where the field asks for cutouts, or where one of its images has one', () => {
    expect(isShown(true, [])).toBe(false);
    expect(isShown(true, [view('none')])).toBe(true);
    expect(isShown(false, [view('none')])).toBe(false);
    expect(isShown(false, [view('none'), view('ready')])).toBe(true);
    expect(isShown(false, [view('queued')])).toBe(true);
  });
});

describe('what a dry run found', () => {
  const none: BulkPlan = {
    ...{ matching: 0, make: 0, done: 0, underWay: 0, unwanted: 0, notPictures: 0, transparent: 0, tooLarge: 0 },
    ...{ unreadable: 0, settled: 0, sameBytes: 0, minutes: null },
    credits: { atLeast: 0, atMost: 0, spendable: null },
  };
  const found = (plan: Partial<BulkPlan>, more: Partial<Found> = {}): Found => ({
    ...{ plan: { ...none, ...plan }, forbidden: 0, unpaid: 0 },
    ...more,
  });
  const made = (plan: Partial<BulkPlan>) => planSentences(found(plan), text).made;

  it('is how many are made, what they cost and how long they take', () => {
    expect(made({ make: 3, minutes: 0.2 })).toEqual(['ask.make 3', 'ask.free', 'ask.minutes 1']);
    expect(made({ make: 3, credits: { atLeast: 2, atMost: 2, spendable: 40 } })).toEqual([
      'ask.make 3',
      'ask.credits 2',
      'ask.left 40',
    ]);
    expect(made({ make: 9, credits: { atLeast: 2, atMost: 9, spendable: 5 } })).toEqual([
      'ask.make 9',
      'ask.credits.between 2 9',
      'ask.short 5',
    ]);
  });

  it('says what is left out, and why', () => {
    const { made, rest } = planSentences(
      found({ done: 2, unwanted: 1, notPictures: 1, settled: 2 }, { unpaid: 4, forbidden: 5 }),
      text,
    );
    expect(made).toEqual(['ask.nothing']);
    expect(rest).toEqual(['ask.done 2', 'ask.unwanted 1', 'ask.none 3', 'ask.unpaid 4', 'ask.forbidden 5']);
  });
});

describe('the engine of a field', () => {
  const { remote } = engines;

  it('tells what it costs, and what is left to those who may see it', () => {
    expect(engineSentences('local', remote, text)).toEqual({ cost: 'field.engine.cost.local', warning: null });
    expect(engineSentences('remote', remote, text).cost).toBe('field.engine.cost.remote field.engine.left 412');
    expect(engineSentences('auto', { ...remote, spendable: null }, text).cost).toBe('field.engine.cost.auto');
  });

  it('warns of a missing key, and of an account that refuses', () => {
    const without = { configured: false, problem: null, spendable: null };
    expect(engineSentences('local', without, text).warning).toBeNull();
    expect(engineSentences('remote', without, text).warning).toBe('field.engine.no-key.remote');
    expect(engineSentences('auto', without, text).warning).toBe('field.engine.no-key.auto');
    const refused = { ...remote, problem: { code: 'remote.invalid-key', message: 'No.' } };
    expect(engineSentences('remote', refused, text).warning).toBe('field.engine.problem reason.remote.invalid-key');
    expect(engineSentences('remote', undefined, text).warning).toBeNull();
  });
});

describe('a folder of the media library', () => {
  const tree = [
    { id: 1, name: 'Products', children: [{ id: 7, name: 'Shoes', children: [] }] },
    { id: 2, name: 'Team' },
  ];

  it('is named by its path', () => {
    expect([2, 7].map((id) => folderPath(tree, id))).toEqual(['/Team', '/Products/Shoes']);
  });

  it('has no name when it is gone', () => {
    expect(folderPath(tree, 9)).toBeNull();
  });
});
