import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseConfig } from '../../../server/src/config';
import { redactor, withoutCredentials } from '../../../server/src/config/redact';
import { createChecks } from '../../../server/src/doctor';
import { type Check, type Patient, textFact, well } from '../../../server/src/doctor/check';
import { judgeAccount } from '../../../server/src/doctor/checks/account';
import { judgeClock } from '../../../server/src/doctor/checks/clock';
import { judgeEvents } from '../../../server/src/doctor/checks/events';
import { judgeFolders } from '../../../server/src/doctor/checks/folders';
import { estimateOf, judgeMemory } from '../../../server/src/doctor/checks/memory';
import { judgeNodes } from '../../../server/src/doctor/checks/nodes';
import { judgeQueue } from '../../../server/src/doctor/checks/queue';
import { judgeRounds, type Rounds } from '../../../server/src/doctor/checks/rounds';
import { installedCopies } from '../../../server/src/doctor/checks/sharp';
import { reportText } from '../../../server/src/doctor/report';
import { findCard } from '../../../server/src/engines/local/cards';
import { CutoutError } from '../../../server/src/errors';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;
const nobody = {} as Patient;
const check = (id: Check['id'], look: Check['look'], limitMs = 5000): Check => ({ id, limitMs, look });

describe('the checks', () => {
  it('are run side by side, and neither one that hangs nor one that throws keeps the others', async () => {
    const run = createChecks(
      [
        check('model', () => new Promise(() => undefined), 30),
        check('queue', async () => Promise.reject(new Error('select * from secrets where token = 5'))),
        check('redis', async () => Promise.reject(new CutoutError('model.missing', 'It is not there.'))),
        check('clock', async () => well([textFact('version', '1')])),
      ],
      (text) => text,
    );
    expect(await run(nobody)).toEqual([
      { id: 'model', state: 'unknown', problem: 'check.slow', facts: [{ name: 'limit', kind: 'ms', value: 30 }] },
      { id: 'queue', state: 'unknown', problem: 'check.failed', facts: [textFact('detail', null)] },
      { id: 'redis', state: 'unknown', problem: 'check.failed', facts: [textFact('detail', 'It is not there.')] },
      { id: 'clock', state: 'ok', problem: null, facts: [textFact('version', '1')] },
    ]);
  });

  it('begin none a second time that still hangs', async () => {
    let begun = 0;
    let end: () => void = () => undefined;
    const hangs = check(
      'folders',
      () => {
        begun += 1;
        return new Promise((resolve) => (end = () => resolve(well([]))));
      },
      10,
    );
    const run = createChecks([hangs], (text) => text);
    await run(nobody);
    expect((await run(nobody))[0]).toMatchObject({ state: 'unknown' });
    expect(begun).toBe(1);
    end();
    await new Promise(setImmediate);
    await run(nobody);
    expect(begun).toBe(2);
  });
});

describe('what is found', () => {
  const figures = { driver: 'embedded', due: 0, later: 0, running: 0, held: 0, failed: 0, oldestDueMs: null };

  it('of the queue: nobody takes jobs, too much to do, decisions, failures', () => {
    expect(judgeQueue(figures).state).toBe('ok');
    expect(judgeQueue({ ...figures, due: 2, oldestDueMs: 6 * MINUTE }).problem).toBe('queue.stuck');
    expect(judgeQueue({ ...figures, due: 2, running: 1, oldestDueMs: 6 * MINUTE }).state).toBe('ok');
    expect(judgeQueue({ ...figures, due: 2, running: 1, oldestDueMs: 61 * MINUTE }).problem).toBe('queue.slow');
    expect(judgeQueue({ ...figures, held: 1, failed: 1 }).problem).toBe('queue.held');
    expect(judgeQueue({ ...figures, failed: 1 }).problem).toBe('queue.failed');
  });

  it('of memory: what children hold already is no more wanted', () => {
    const one = { process: 3e8, children: 0, peak: 0, free: 5e8, total: 2e9, container: null, workers: 1 };
    const memory = { ...one, estimate: 6e8 };
    expect(judgeMemory(memory).problem).toBe('memory.short');
    expect(judgeMemory({ ...memory, children: 2e8 }).state).toBe('ok');
    expect(judgeMemory({ ...memory, free: 1.1e9 }).state).toBe('ok');
    expect(judgeMemory({ ...memory, free: 1.1e9, workers: 2 }).problem).toBe('memory.short');
  });

  it('of memory: what a child was seen to hold counts, and a container is told', () => {
    const one = { process: 3e8, children: 0, free: 1e9, total: 8e9, container: 2e9, workers: 1, estimate: 6e8 };
    expect(judgeMemory({ ...one, peak: 5e8 })).toMatchObject({ state: 'ok' });
    const short = judgeMemory({ ...one, peak: 1.2e9 });
    expect(short.problem).toBe('memory.short');
    expect(short.facts).toContainEqual({ name: 'need', kind: 'bytes', value: 1.2e9 });
    expect(short.facts).toContainEqual({ name: 'container', kind: 'bytes', value: 2e9 });
  });

  it('of memory: each model by its card, as measured or above', () => {
    const need = (id: string, effort: 'balanced' | 'best' = 'balanced') => {
      const card = findCard(id);
      return estimateOf({ card, effort }, card.weights.bytes ?? 0) / 1e9;
    };
    expect(need(parseConfig({}).local.model)).toBeGreaterThan(0.5);
    expect(need(parseConfig({}).local.model)).toBeLessThan(0.7);
    expect(need(parseConfig({}).local.model, 'best')).toBeGreaterThan(0.9);
    expect(need('isnet-general-use')).toBeGreaterThan(1.2);
    expect(need('u2netp')).toBeLessThan(0.4);
    expect(need('birefnet-general')).toBeGreaterThan(2);
  });

  it('of folders: those that the plugin can do without only warn', () => {
    const folder = { name: 'models', spare: true, isWritable: true, freeBytes: 5e9 };
    expect(judgeFolders([folder]).state).toBe('ok');
    expect(judgeFolders([{ ...folder, isWritable: false }])).toMatchObject({
      state: 'warning',
      problem: 'folders.closed',
    });
    expect(judgeFolders([folder, { ...folder, name: 'paid', spare: false, isWritable: false }]).state).toBe('error');
    expect(judgeFolders([{ ...folder, freeBytes: 5e8 }])).toMatchObject({ state: 'warning', problem: 'folders.full' });
    expect(judgeFolders([{ ...folder, freeBytes: 1e8 }]).state).toBe('error');
  });

  it('of the rounds: failing, late, not yet', () => {
    const note = (ago: number, failed: string | null = null) => ({
      ...{ startedAt: DAY - ago - 10, endedAt: DAY - ago },
      ...{ everyMs: MINUTE, failed },
    });
    const all = (over: Partial<Rounds>): Rounds => ({
      ...{ watch: note(0), reconcile: note(0), sweep: note(0), prune: note(0) },
      ...over,
    });
    expect(judgeRounds(all({}), DAY).state).toBe('ok');
    const late = judgeRounds(all({ sweep: note(9 * MINUTE) }), DAY);
    expect(late).toMatchObject({ state: 'warning', problem: 'rounds.late' });
    expect(late.facts[0]).toEqual(textFact('work', 'sweep'));
    expect(judgeRounds(all({ prune: null }), DAY).problem).toBe('rounds.never');
    const failing = judgeRounds(all({ prune: null, watch: note(0, 'model.missing') }), DAY);
    expect(failing).toMatchObject({ state: 'error', problem: 'rounds.failing' });
    expect(failing.facts).toContainEqual(textFact('code', 'model.missing'));
  });

  it('of nodes: none is an error while Strapi listens, and a command may come before', () => {
    const node = { host: 'a', pid: 1, role: 'all', local: true, remote: false, version: '1.0.0' };
    expect(judgeNodes([], true).state).toBe('error');
    expect(judgeNodes([], false).state).toBe('warning');
    expect(judgeNodes([node, { ...node, host: 'b' }], true).state).toBe('ok');
    const web = { ...node, host: 'w', role: 'web', local: false };
    expect(judgeNodes([web], true).problem).toBe('nodes.none');
    expect(judgeNodes([node, web], true).facts).toContainEqual(textFact('node', 'w:1 (strapi, web)'));
    expect(judgeNodes([node, { ...node, version: '1.1.0' }], true).problem).toBe('nodes.versions');
  });

  it('of the account: a refused key before a stop, a stop before silence', () => {
    const key = { keyPrint: 'abc', host: 'example.com' };
    const open = {
      ...{ kind: 'open' as const, code: 'remote.monthly-limit' as const, message: '', keyPrint: 'abc' },
      ...{ since: 0, until: 5, failures: 0 },
    };
    const refused = { code: 'remote.invalid-key' as const, message: '' };
    const silent = { code: 'remote.timeout' as const, message: '' };
    expect(judgeAccount(key, null, { kind: 'closed' }).state).toBe('ok');
    expect(judgeAccount(key, refused, open).problem).toBe('account.key-refused');
    expect(judgeAccount(key, silent, open).problem).toBe('account.stopped');
    expect(judgeAccount(key, silent, { kind: 'closed' })).toMatchObject({ state: 'warning', problem: 'account.away' });
  });

  it('of the clock and of events', () => {
    expect(judgeClock(-20_000).state).toBe('ok');
    expect(judgeClock(-40_000).problem).toBe('clock.differs');
    expect(judgeEvents(1, 0, MINUTE).state).toBe('ok');
    expect(judgeEvents(1, 1, 20 * MINUTE).problem).toBe('events.waiting');
  });

  it('of sharp: as many copies as folders load different ones', async () => {
    const root = mkdtempSync(path.join(tmpdir(), 'cutout-sharp-'));
    const install = (folder: string, version: string) => {
      const at = path.join(folder, 'node_modules', 'sharp');
      mkdirSync(at, { recursive: true });
      writeFileSync(path.join(at, 'package.json'), JSON.stringify({ name: 'sharp', version, main: 'index.js' }));
      writeFileSync(path.join(at, 'index.js'), '');
    };
    try {
      install(root, '0.34.0');
      const plugin = path.join(root, 'node_modules', 'plugin');
      const other = path.join(root, 'node_modules', 'other');
      mkdirSync(plugin, { recursive: true });
      install(other, '0.33.0');
      expect((await installedCopies([root, plugin])).map(({ version }) => version)).toEqual(['0.34.0']);
      expect((await installedCopies([root, other])).map(({ version }) => version)).toEqual(['0.34.0', '0.33.0']);
    } finally {
      rmSync(root, { recursive: true, force: true });
    }
  });
});

describe('secrets', () => {
  const redact = redactor(
    parseConfig({
      remote: { apiKey: 'rk_live_0123456789' },
      queue: { redis: 'redis://bull:s%C3%A9same@cache:6379/2' },
      local: { mirror: 'https://me:mirror-word@mirror.example/x?token=mirror-token' },
    }),
  );

  it('are taken out wherever they stand', () => {
    const said = redact('key rk_live_0123456789, sésame and s%C3%A9same, mirror-word, token=mirror-token');
    for (const secret of ['rk_live', 'sésame', 's%C3', 'mirror-word', 'mirror-token'])
      expect(said).not.toContain(secret);
  });

  it('go with the credentials and queries of addresses that nobody configured', () => {
    expect(withoutCredentials('at postgres://app:word@db:5432/x?sslkey=1 it failed')).toBe(
      'at postgres://***@db:5432/x?*** it failed',
    );
    expect(withoutCredentials('see https://example.com/page')).toBe('see https://example.com/page');
  });
});

it('the report tells problems first', () => {
  const text = reportText('2026-01-01T00:00:00.000Z', [
    { id: 'clock', state: 'ok', problem: null, facts: [{ name: 'difference', kind: 'ms', value: 12.4 }] },
    { id: 'redis', state: 'error', problem: 'redis.away', facts: [textFact('host', 'cache:6379')] },
  ]);
  expect(text.split('\n')).toEqual([
    'Cutout doctor, 2026-01-01T00:00:00.000Z',
    '[error] Redis (redis.away): host cache:6379',
    '[ok] Clock: difference 12 ms',
    '',
  ]);
});
