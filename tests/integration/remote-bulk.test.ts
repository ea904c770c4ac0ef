import { LEDGER } from '../../server/src/tables/ledger';
import { cycleAt } from '../../server/src/usage/cycle';
import { ledgerRows, type RemoteApp, startRemoteApp } from '../support/remote-app';

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp({ remote: { budget: { credits: 30 } } });
}, 60_000);
afterAll(() => remote.stop());

test('bulk runs that hold credits at the same time stay within the budget, and give back what they do not use', async () => {
  const { reservations, service } = remote.app.cutout;
  const cycle = cycleAt(Date.now(), null);
  const window = { keyPrint: service?.keyPrint ?? '', cycle, balance: null };
  const holds = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) => reservations.hold(`bulk-${index}`, 8, window)),
  );
  expect(holds.filter((hold) => hold.status === 'fulfilled')).toHaveLength(3);
  const held = (await ledgerRows(remote)).filter((row) => row.outcome === 'held').map((row) => row.bulk);

  const request = { ...window, engine: 'remote', model: 'rembg', force: false } as const;
  const job = { id: 1, fileId: 1, source: 'bulk' } as const;
  const draw = (bulk: string | undefined, sourceHash: string) =>
    reservations.reserve({ ...request, job, sourceHash, ...(bulk ? { bulk } : {}) });
  for (let i = 0; i < 8; i += 1) await draw(held[0] ?? '', `a${i}`);
  await draw(undefined, 'beside-1');
  for (let i = 2; i <= 6; i += 1) await draw(undefined, `beside-${i}`);
  await expect(draw(undefined, 'beside-7')).rejects.toMatchObject({ code: 'budget.reached' });

  await reservations.release(held[1] ?? '');
  await expect(draw(undefined, 'beside-8')).resolves.toBeGreaterThan(0);
});

test('bytes that another job has just paid for are not paid again, but are once their matte is long gone', async () => {
  const { reservations, ledger, service } = remote.app.cutout;
  const window = { keyPrint: service?.keyPrint ?? '', cycle: cycleAt(Date.now(), null), balance: null };
  const entry = { engine: 'remote', model: 'rembg', sourceHash: 'just-paid', force: false } as const;
  const reserve = (jobId: number) =>
    reservations.reserve({ ...entry, ...window, job: { id: jobId, fileId: jobId, source: 'upload' } });
  // The second job has looked for a matte before the first one's arrived, and reserves after it was charged.
  const first = await reserve(101);
  await ledger.settle(first, 'charged', null);
  await expect(reserve(102)).rejects.toMatchObject({ code: 'remote.in-flight', waits: true });

  const data = { updatedAt: new Date(Date.now() - 60 * 60 * 1000) };
  await remote.app.strapi.db.query(LEDGER).updateMany({ where: { id: first }, data });
  await expect(reserve(103)).resolves.not.toBe(first);
});
