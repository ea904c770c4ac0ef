import type { Making } from '../../../server/src/bulk-words';
import { askFor } from '../../../server/src/jobs/decide';
import { staleness, type StaleInputs } from '../../../server/src/jobs/stale';

const equals = [{ model: 'isnet-fp16', weights: 'w2' }];
const making: Making = { local: { model: 'isnet-int8', weights: 'w1', equals, effort: 'balanced' }, refine: true };
const made = { source: 's', options: 'h1', engine: 'local', model: 'isnet-int8' };
const wants = { presets: ['default'], engine: 'local' } as const;
const presetHashes = { default: 'h1' };

const causes = (provenance: object, more: Partial<StaleInputs> = {}, matte: object = {}) => {
  const entry = (cutout: object) => ({ cutout }) as never;
  const formats = { cutout: entry({ ...made, ...provenance }), cutout_matte: entry(matte) };
  const inputs = { formats, wants: { ...wants, presets: ['default'] }, presetHashes, making, version: 1, latest: null };
  return [...staleness({ ...inputs, ...more }).values()].flat();
};

it.each([
  ['what would be made the same way now', {}, []],
  ['changed options of the preset', { options: 'h0' }, ['options']],
  ['another engine', { engine: 'remote', model: 'rembg' }, ['engine']],
  ['another model', { model: 'u2net' }, ['model']],
  ['a model whose mattes count as its own', { model: 'isnet-fp16' }, []],
  ['the same weights', { weights: 'w1' }, []],
  ['other weights of the same model', { weights: 'w0' }, ['model']],
  ['other weights of a model whose mattes count as its own', { model: 'isnet-fp16', weights: 'w1' }, ['model']],
  ['less effort than is wanted now', { effort: 'fast' }, ['effort']],
  ['more effort than is wanted now', { effort: 'best' }, []],
  ['made while refining was switched off', { unrefined: true }, ['refine']],
])('%s', (_, provenance, expected) => {
  expect(causes(provenance)).toEqual(expected);
});

it('what a person corrected does not age with the model', () => {
  expect(causes({ model: 'u2net' }, {}, { corrected: true })).toEqual([]);
});

it('what another engine made because the wanted one could not is not stale: it would again', () => {
  const ask = askFor({ ...wants, presets: ['default'] }, 1, presetHashes);
  const remote = { engine: 'remote', model: 'rembg' };
  expect(causes(remote, { latest: { state: 'done', ask, composeOnly: false } })).toEqual([]);
  expect(causes(remote, { latest: { state: 'done', ask: 'another', composeOnly: false } })).toEqual(['engine']);
});

it('what was only composed anew is no sign that the wanted engine could not', () => {
  const ask = askFor({ ...wants, presets: ['default'] }, 1, presetHashes);
  const remote = { engine: 'remote', model: 'rembg' };
  expect(causes(remote, { latest: { state: 'done', ask, composeOnly: true } })).toEqual(['engine']);
});

it('what a person wished more effort for goes by that', () => {
  const best = { ...wants, presets: ['default'], effort: 'best' as const };
  expect(causes({}, { wants: best })).toEqual(['effort']);
  expect(causes({ effort: 'best' }, { wants: best })).toEqual([]);
  expect(causes({ effort: 'fast' }, { wants: { ...best, effort: 'fast' } })).toEqual([]);
});

it('what nobody wants, or is not there, is not stale', () => {
  expect(causes({ options: 'h0' }, { wants: null })).toEqual([]);
  expect(causes({}, { formats: {} })).toEqual([]);
});
