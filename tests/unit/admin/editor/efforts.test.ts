import { moreEffort } from '../../../../admin/src/pages/editor/efforts';
import type { Engines } from '../../../../admin/src/panel/actions';

const may = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
const engines: Engines = {
  local: { model: 'm', effort: 'balanced', problem: null, typicalMs: 1500 },
  remote: { configured: false, problem: null, spendable: null },
};
const view = { state: 'ready' as const, may, corrected: false };
type Parameter = Parameters<typeof moreEffort>;
const offers = (
  given: Partial<Parameter[0]> = {},
  made: Partial<Parameter[1]> = {},
  known: Engines | undefined = engines,
) => moreEffort({ ...view, ...given }, { engine: 'local', effort: null, ...made }, known);
const withLocal = (local: Partial<Engines['local']>): Engines => ({
  ...engines,
  local: { ...engines.local, ...local },
});

it('offers every effort above the one it was made with, on this server, with what it takes', () => {
  expect(offers()).toEqual([
    {
      label: 'editor.again.best',
      cost: { kind: 'free', seconds: 5 },
      request: { engine: 'local', effort: 'best' },
    },
  ]);
  expect(offers({}, { effort: 'fast' }).map(({ request }) => request.effort)).toEqual(['balanced', 'best']);
  expect(offers({}, { effort: 'best' })).toEqual([]);
});

it('takes what a picture takes here for that of the usual effort', () => {
  const [best] = offers({}, {}, withLocal({ effort: 'best', typicalMs: 9000 }));
  expect(best?.cost).toEqual({ kind: 'free', seconds: 9 });
  expect(offers({}, {}, withLocal({ typicalMs: null }))[0]?.cost).toEqual({ kind: 'free', seconds: null });
});

it('offers none where it could not be made, or nothing would come of it', () => {
  expect(offers({ may: { ...may, local: false } })).toEqual([]);
  expect(offers({ corrected: true })).toEqual([]);
  expect(offers({ state: 'running' })).toEqual([]);
  expect(offers({}, { engine: 'remote' })).toEqual([]);
  expect(offers({}, {}, withLocal({ problem: { code: 'model.missing', message: 'No.' } }))).toEqual([]);
});
