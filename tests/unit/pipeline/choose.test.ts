import { CutoutError, type ErrorCode, errorSpecs } from '../../../server/src/errors';
import { RemoteError } from '../../../server/src/engines/remote/errors';
import {
  type ChoiceSettings,
  enginesFor,
  escalates,
  failureKind,
  fallbackFor,
} from '../../../server/src/pipeline/choose';
import { failureKinds } from '../../../server/src/words';

const settings = (
  change: { auto?: Partial<ChoiceSettings['auto']>; atLimit?: 'hold' | 'local' } = {},
): ChoiceSettings => ({
  auto: { prefer: 'local', fallbackOn: [...failureKinds.options], escalateBelow: 0.5, ...change.auto },
  remote: { budget: { atLimit: change.atLimit ?? 'hold' } },
});
const failed = (code: ErrorCode) =>
  code.startsWith('remote.') ? new RemoteError(code, 'no') : new CutoutError(code, 'no');

test('an engine that is named is the only one asked', () => {
  expect(enginesFor('local', settings(), true)).toEqual(['local']);
  expect(enginesFor('remote', settings(), false)).toEqual(['remote']);
});

test('auto asks the preferred engine first, and only the local one without a key', () => {
  expect(enginesFor('auto', settings(), true)).toEqual(['local', 'remote']);
  expect(enginesFor('auto', settings({ auto: { prefer: 'remote' } }), true)).toEqual(['remote', 'local']);
  expect(enginesFor('auto', settings({ auto: { prefer: 'remote' } }), false)).toEqual(['local']);
});

test.each<[ErrorCode, string | null]>([
  ['remote.unreachable', 'unavailable'],
  ['remote.server-error', 'unavailable'],
  ['remote.monthly-limit', 'limit'],
  ['budget.reached', 'limit'],
  ['remote.invalid-key', 'account'],
  ['remote.key-and-token', 'account'],
  ['remote.too-wide', 'refused'],
  ['remote.outcome-unknown', 'unknown'],
  ['model.missing', 'model'],
  ['worker.crashed', 'model'],
  ['remote.in-flight', null],
  ['source.animated', null],
  ['store.failed', null],
  ['job.stale', null],
])('%s is of kind %s', (code, kind) => {
  expect(failureKind(failed(code))).toBe(kind);
});

test('no failure of a picture or of the store is ever handed to the other engine', () => {
  const own = (Object.keys(errorSpecs) as ErrorCode[]).filter((code) => /^(source|store|job|options)\./.test(code));
  expect(own.length).toBeGreaterThan(10);
  for (const code of own) expect(fallbackFor('auto', 'remote', failed(code), settings())).toBeNull();
});

test('auto falls back on the failures it is set to, and on no others', () => {
  const only = settings({ auto: { fallbackOn: ['limit'] } });
  expect(fallbackFor('auto', 'remote', failed('budget.reached'), only)).toBe('local');
  expect(fallbackFor('auto', 'remote', failed('remote.unreachable'), only)).toBeNull();
  expect(fallbackFor('auto', 'local', failed('model.missing'), settings())).toBe('remote');
});

test('an explicit remote goes local only at the limit, and only when the budget says so', () => {
  expect(fallbackFor('remote', 'remote', failed('budget.reached'), settings())).toBeNull();
  expect(fallbackFor('remote', 'remote', failed('budget.reached'), settings({ atLimit: 'local' }))).toBe('local');
  expect(fallbackFor('remote', 'remote', failed('remote.unreachable'), settings({ atLimit: 'local' }))).toBeNull();
  expect(fallbackFor('local', 'local', failed('model.missing'), settings())).toBeNull();
});

test('only auto escalates, only from local, only below the threshold', () => {
  expect(escalates('auto', 'local', 0.49, settings())).toBe(true);
  expect(escalates('auto', 'local', 0.5, settings())).toBe(false);
  expect(escalates('auto', 'remote', 0.1, settings())).toBe(false);
  expect(escalates('local', 'local', 0.1, settings())).toBe(false);
  expect(escalates('auto', 'local', 0.1, settings({ auto: { escalateBelow: null } }))).toBe(false);
});
