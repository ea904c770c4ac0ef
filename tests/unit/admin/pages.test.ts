import type { AssetView, BulkPlan, BulkView } from '../../../server/src/api/contracts';
import { readSearch, writeSearch } from '../../../admin/src/pages/cutouts/search';
import { minutesFor, planSelection } from '../../../admin/src/pages/cutouts/selection';
import { dayAfter, dayBefore, dayOf } from '../../../admin/src/pages/forms/days';
import { fieldOptions, toUse, valueOfUse } from '../../../admin/src/pages/forms/options';
import { filterWords, progressOf, reportRows, stepsOf } from '../../../admin/src/pages/runs/report';
import type { Engines } from '../../../admin/src/panel/actions';

describe('the address of the list', () => {
  it('is read without what it does not know', () => {
    expect(readSearch(new URLSearchParams('state=failed&page=2&odd=1&folder='))).toEqual({
      state: 'failed',
      page: '2',
    });
  });

  it('goes back to the first page when a filter changes, and forgets what is taken away', () => {
    const next = writeSearch(new URLSearchParams('state=failed&page=2&odd=1'), { state: undefined, folder: '/A & B' });
    expect(next.toString()).toBe('odd=1&folder=%2FA+%26+B');
  });
});

describe('what can be done with many', () => {
  const may = { run: true, force: true, forgetWish: true, local: true, remote: true, remove: true };
  const view = (fileId: number, facts: Partial<AssetView>): AssetView =>
    ({
      fileId,
      state: 'none',
      reason: null,
      stale: [],
      variants: [],
      engine: null,
      remoteCredits: 1,
      may,
      ...facts,
    }) as AssetView;
  const variants = [{ key: 'cutout' }] as AssetView['variants'];
  const engines: Engines = {
    local: { model: 'm', effort: 'balanced', problem: null, typicalMs: 30_000 },
    remote: { configured: true, problem: null, spendable: 9 },
  };

  it('names each button’s pictures and adds up what they cost', () => {
    const plan = planSelection(
      [
        view(1, {}),
        view(2, { state: 'failed' }),
        view(3, { state: 'held' }),
        view(4, { state: 'ready', engine: 'local', variants }),
        view(5, { state: 'ready', engine: 'local', variants, remoteCredits: 0 }),
        view(6, { state: 'ready', engine: 'remote', variants }),
        view(7, { may: { ...may, run: false } }),
      ],
      engines,
    );
    expect(plan).toEqual({
      make: [{ ids: [1, 2], request: {} }],
      makeCount: 2,
      remote: { ids: [4, 5], credits: 1 },
      local: { ids: [6] },
      remove: [4, 5, 6],
    });
    expect(minutesFor(4, engines)).toBe(2);
    expect(minutesFor(4, undefined)).toBeNull();
  });
});

it('days are both included for people, and the last one left out for the server', () => {
  expect(dayOf(new Date(2026, 0, 31))).toBe('2026-01-31');
  expect(dayAfter('2026-01-31')).toBe('2026-02-01');
  expect(dayBefore(dayAfter('2026-02-28'))).toBe('2026-02-28');
  expect(dayAfter(undefined)).toBeUndefined();
});

it('fields are named by their type', () => {
  const uses = fieldOptions([{ contentType: 'api::product.product', name: 'Product', field: 'photo' }]);
  expect(uses.map(({ label }) => label)).toEqual(['Product', 'Product · photo']);
  for (const { value } of uses) expect(valueOfUse(toUse(value))).toBe(value);
  expect(toUse(undefined)).toEqual({});
});

describe('a bulk run', () => {
  const plan: BulkPlan = {
    ...{ matching: 9, make: 4, done: 3, underWay: 0, unwanted: 0, notPictures: 0, transparent: 0 },
    ...{ tooLarge: 0, unreadable: 2, settled: 0, sameBytes: 1, minutes: null },
    credits: { atMost: 0, atLeast: 0, spendable: null },
  };
  const jobs = { queued: 1, running: 1, done: 1, skipped: 0, failed: 1, held: 0, cancelled: 0 };
  const text = (key: string, values?: object) => (values ? `${key} ${JSON.stringify(values)}` : key);

  it('tells of its dry run what there is to tell', () => {
    expect(reportRows(plan).map(({ key, count }) => [key, count])).toEqual([
      ['make', 4],
      ['sameBytes', 1],
      ['done', 3],
      ['unreadable', 2],
    ]);
    expect(reportRows({ ...plan, make: 0, sameBytes: 0, done: 0, unreadable: 0 })).toHaveLength(1);
  });

  it('is as far as its jobs are, of those that it will have', () => {
    const run = { state: 'running', jobs, plan } as BulkView;
    expect(progressOf(run)).toEqual({ ended: 2, total: 4, share: 0.5 });
    const none = { ...jobs, queued: 0, running: 0, done: 0, failed: 0 };
    expect(progressOf({ ...run, jobs: none, plan: { ...plan, make: 0 } }).share).toBe(0);
    expect(progressOf({ ...run, state: 'done', jobs: none }).share).toBe(1);
    const stopped = { ...none, done: 2, cancelled: 5 };
    expect(progressOf({ ...run, state: 'stopped', jobs: stopped })).toEqual({ ended: 2, total: 7, share: 2 / 7 });
  });

  it('offers what its state allows', () => {
    expect(stepsOf({ state: 'planned', ending: null })).toEqual(['start', 'cancel']);
    expect(stepsOf({ state: 'running', ending: null })).toEqual(['pause', 'cancel']);
    expect(stepsOf({ state: 'paused', ending: null })).toEqual(['resume', 'cancel']);
    expect(stepsOf({ state: 'running', ending: 'cancelled' })).toEqual([]);
    expect(stepsOf({ state: 'done', ending: null })).toEqual([]);
  });

  it('names its filter in words', () => {
    const filter = { state: 'failed', reason: 'worker.crashed', folder: '/Shop', uploadedTo: '2026-02-01' } as const;
    expect(filterWords(filter, (day) => day, text as never)).toEqual([
      'run.state.failed',
      'reason.worker.crashed {}',
      '/Shop',
      'filter.until {"day":"2026-01-31"}',
    ]);
  });
});
