import { parseConfig } from '../../../server/src/config';
import { findCard } from '../../../server/src/engines/local/cards';
import { createLocalModel } from '../../../server/src/engines/local/local-model';

const modelOf = (model?: string) => {
  const { local } = parseConfig(model === undefined ? {} : { local: { model } });
  return createLocalModel({ config: local, modelsDir: null, cacheDir: '/nowhere' });
};

describe('the configured model', () => {
  test('is the one in 8 bits, whose mattes are found by its weights and its recipe', () => {
    const { id, weights } = modelOf();
    expect(id).toBe('isnet-int8');
    expect(weights()).toMatch(/^[0-9a-f]{64}$/);
    expect(weights()).not.toBe(findCard('isnet-fp16').weights.sha256);
    expect(modelOf('isnet-fp16').weights()).toBe(findCard('isnet-fp16').weights.sha256);
  });

  test('takes stored mattes of the same weights in full precision as good, and those take none of 8 bits', () => {
    const { sha256 } = findCard('isnet-fp16').weights;
    expect(modelOf().equals()).toEqual([{ model: 'isnet-fp16', weights: sha256 }]);
    expect(modelOf('isnet-general-use-int8').equals()).toMatchObject([{ model: 'isnet-general-use' }]);
    expect(modelOf('isnet-fp16').equals()).toEqual([]);
    expect(modelOf('nope').equals()).toEqual([]);
  });
});
