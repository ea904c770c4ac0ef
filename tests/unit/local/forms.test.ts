import { mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { ModelCard } from '../../../server/src/engines/local/card';
import { findCard } from '../../../server/src/engines/local/cards';
import { judge, type Trials } from '../../../server/src/engines/local/forms/choose';
import { derive } from '../../../server/src/engines/local/forms/derive';
import type { ModelSource } from '../../../server/src/engines/local/model-source';
import { writeModel } from '../../../server/src/engines/local/onnx/write';
import { tinyNetwork } from '../../support/tiny-network';

const exact = { exact: true, ratio: 2 };
const trials = (change: Partial<Trials>): Trials => ({
  probe: async () => exact,
  distance: async () => 0.001,
  ...change,
});

describe('judge', () => {
  test('8 bits, where they are exact, faster, and make the known matte', async () => {
    expect(await judge(trials({}))).toEqual({ form: 'int8', why: null });
  });

  test('weights in pairs, where two products are added in 16 bits', async () => {
    const probe: Trials['probe'] = async (form) => (form === 'paired' ? exact : { exact: false, ratio: 0 });
    expect(await judge(trials({ probe }))).toEqual({ form: 'paired', why: null });
  });

  test.each<[string, Partial<Trials>, RegExp]>([
    ['no form is exact', { probe: async () => ({ exact: false, ratio: 0 }) }, /not exact/],
    ['it is no faster', { probe: async () => ({ exact: true, ratio: 1.02 }) }, /no faster .*1\.02/],
    ['the known picture gets another matte', { distance: async () => 0.2 }, /0\.200 away/],
  ])('full precision, with the reason, where %s', async (_, change, why) => {
    expect(await judge(trials(change))).toEqual({ form: 'float', why: expect.stringMatching(why) });
  });
});

describe('derive', () => {
  let folder: string;
  let model: ModelSource;
  const derived = (): string[] => readdirSync(path.join(folder, 'cache', 'derived')).sort();
  beforeEach(() => {
    folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-derive-'));
    const weights = path.join(folder, 'tiny.onnx');
    writeFileSync(weights, Buffer.concat(writeModel(tinyNetwork())));
    const ranges = Array.from({ length: 5 }, (): [number, number] => [-4, 8]);
    const card: ModelCard = {
      ...findCard('isnet-fp16'),
      id: 'tiny',
      output: { activation: 'none', normalise: false, leastPeak: null },
      recipe: { ranges, knownMatte: '' },
    };
    const cacheDir = path.join(folder, 'cache');
    const how = { threads: 1, noSubject: 'keep', effort: 'balanced' } as const;
    model = { kind: 'model', card, weights, cacheDir, ...how, executionProviders: ['cpu'] };
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  test('made once and kept under the name of its own checksum', async () => {
    const first = await derive(model, 'paired');
    const [name] = derived();
    expect(derived()).toEqual([expect.stringMatching(/^tiny-[0-9a-f]{16}-paired-[0-9a-f]{64}\.onnx$/)]);
    rmSync(model.weights);
    expect((await derive(model, 'paired')).equals(first)).toBe(true);
    expect(derived()).toEqual([name]);
  });

  test('a damaged one is told by its name and made anew', async () => {
    const first = await derive(model, 'int8');
    const file = path.join(folder, 'cache', 'derived', derived()[0]!);
    const damaged = readFileSync(file);
    damaged[1000]! ^= 1;
    writeFileSync(file, damaged);
    expect((await derive(model, 'int8')).equals(first)).toBe(true);
    expect(readFileSync(file).equals(first)).toBe(true);
  });

  test('many at once get the same one, and nothing else is left', async () => {
    const all = await Promise.all(Array.from({ length: 5 }, () => derive(model, 'int8')));
    expect(all.every((one) => one.equals(all[0]!))).toBe(true);
    expect(derived()).toHaveLength(1);
  });

  test('what a killed process left, and what an older recipe made, is cleared away', async () => {
    await derive(model, 'int8');
    const place = path.join(folder, 'cache', 'derived');
    const [name] = derived();
    rmSync(path.join(place, name!));
    writeFileSync(path.join(place, `${name}.tmp`), 'half');
    const older = path.join(place, `tiny-${'0'.repeat(16)}-int8-${'0'.repeat(64)}.onnx`);
    writeFileSync(older, 'older');
    await derive(model, 'int8');
    expect(derived()).toHaveLength(2);
    rmSync(path.join(place, name!));
    utimesSync(older, new Date(0), new Date(0));
    await derive(model, 'int8');
    expect(derived()).toEqual([name]);
  });

  test('a cache that cannot be written costs time and nothing else', async () => {
    const first = await derive(model, 'int8');
    const blocked = path.join(folder, 'blocked');
    writeFileSync(blocked, 'a file where the folder would be');
    expect((await derive({ ...model, cacheDir: blocked }, 'int8')).equals(first)).toBe(true);
    expect((await derive({ ...model, cacheDir: undefined }, 'int8')).equals(first)).toBe(true);
  });

  test('another recipe has another file', async () => {
    await derive(model, 'int8');
    const ranges = model.card.recipe!.ranges.map(([low, high]): [number, number] => [low, high + 1]);
    const card = { ...model.card, recipe: { ...model.card.recipe!, ranges } };
    await derive({ ...model, card }, 'int8');
    expect(derived()).toHaveLength(2);
  });
});
