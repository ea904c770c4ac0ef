import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { z } from 'zod';
import { modelCardSchema } from '../../../server/src/engines/local/card';
import { findCard, listCards, parseCard } from '../../../server/src/engines/local/cards';
import { DEFAULT_MODEL } from '../../../server/src/engines/local/defaults';
import { packageRoot } from '../../../server/src/package-root';

const shippedJson = () => readFileSync(path.join(packageRoot(), 'models', 'isnet-fp16.json'), 'utf8');

describe('model cards', () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(os.tmpdir(), 'cutout-cards-'))));
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const own = (name: string, change: (card: Record<string, any>) => void) => {
    const card = JSON.parse(shippedJson());
    change(card);
    writeFileSync(path.join(folder, name), JSON.stringify(card));
  };

  test('the default model asks for one output at 1024 × 1024, centred on 0', () => {
    const card = findCard(DEFAULT_MODEL);
    expect(card.input).toEqual({ width: 1024, height: 1024, mean: [0.5, 0.5, 0.5], std: [1, 1, 1], scale: '255' });
    expect(card.output).toEqual({ name: 'output', activation: 'none', normalise: true, leastPeak: 0.5 });
  });

  test('every shipped card is named after its id, says its licence, and is checked by a checksum', () => {
    for (const card of listCards()) {
      const file = path.join(packageRoot(), 'models', `${card.id}.json`);
      expect(parseCard(readFileSync(file, 'utf8'), file)).toEqual(card);
      expect(card.license.id).not.toBe('');
      expect(card.weights.sha256 ?? card.weights.md5).toBeDefined();
      expect(card.weights.sources.length).toBeGreaterThan(0);
    }
  });

  test('the 8-bit cards are those of their weights with a recipe, so that one file serves both', () => {
    for (const [small, full] of [
      ['isnet-int8', 'isnet-fp16'],
      ['isnet-general-use-int8', 'isnet-general-use'],
    ] as const) {
      const { recipe, id: _, title: __, description: ___, ...card } = findCard(small);
      expect(findCard(full)).toMatchObject(card);
      expect(recipe!.ranges.length).toBeGreaterThan(100);
    }
  });

  test('a card whose recipe is not there is refused with its file', () => {
    own('mine.json', (card) => Object.assign(card, { id: 'mine', recipe: 'nowhere' }));
    expect(() => listCards(folder)).toThrow(/nowhere\.recipe\.json is invalid/);
  });

  test('the JSON Schema for editors is the schema that cards are checked by', () => {
    const file = path.join(packageRoot(), 'models', 'card.schema.json');
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual(z.toJSONSchema(modelCardSchema, { io: 'input' }));
  });

  test('an unknown model is refused with the ids that exist', () => {
    expect(() => findCard('nope')).toThrow(expect.objectContaining({ code: 'model.unknown' }));
    expect(() => findCard('nope')).toThrow(/Expected one of .*isnet-fp16.* but received "nope"/);
  });

  test('a card in the models folder adds a model, and takes the place of a shipped one with its id', () => {
    own('mine.json', (card) => (card.id = 'mine'));
    own('replaced.json', (card) => (card.title = 'Replaced'));
    expect(findCard('mine', folder).id).toBe('mine');
    expect(findCard('isnet-fp16', folder).title).toBe('Replaced');
    expect(findCard('isnet-fp16').title).not.toBe('Replaced');
  });

  test('a models folder that does not exist holds no cards', () => {
    expect(listCards(path.join(folder, 'none'))).toEqual(listCards());
  });

  test.each<[string, (card: Record<string, any>) => void, RegExp]>([
    ['a wrong type', (card) => (card.input.width = '1024'), /broken\.json is invalid: input\.width: /],
    ['an unknown key', (card) => (card.colour = 'red'), /broken\.json is invalid: .*colour/],
    [
      'a file name with folders',
      (card) => (card.weights.file = '../../x.onnx'),
      /weights\.file: .*"\.\.\/\.\.\/x\.onnx"/,
    ],
    ['sources without a checksum', (card) => delete card.weights.sha256, /expected sha256 or md5 beside sources/],
  ])('%s is refused with the file and the key', (_, change, message) => {
    own('broken.json', change);
    expect(() => listCards(folder)).toThrow(message);
    expect(() => listCards(folder)).toThrow(expect.objectContaining({ code: 'config.invalid' }));
  });

  test('a card that is no JSON is refused with its file', () => {
    writeFileSync(path.join(folder, 'broken.json'), '{');
    expect(() => listCards(folder)).toThrow(/broken\.json is invalid/);
  });
});
