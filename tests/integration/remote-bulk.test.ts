import { ledgerRows, type RemoteApp, startRemoteApp } from '../support/remote-app';

let remote: RemoteApp;
beforeAll(async () => {
  remote = await startRemoteApp({ remote: { budget: { credits: 30 } } });
}, 60_000);
afterAll(() => remote.stop());

test('bulk runs that hold credits at the same time stay within the budget, and give back what they do not use', async () => {
  const { reservations, service } = remote.app.cutout;
  const by = { keyPrint: service?.keyPrint ?? '' };
  const holds = await Promise.allSettled(
    Array.from({ length: 6 }, (_, index) => reservations.hold(`bulk-${index}`, 8, by)),
  );
  expect(holds.filter((hold) => hold.status === 'fulfilled')).toHaveLength(3);
  const held = (await ledgerRows(remote)).filter((row) => row.outcome === 'held').map((row) => row.bulk);

  const request = { ...by, engine: 'remote', model: 'rembg', decided: false } as const;
  const job = { id: 1, fileId: 1, source: 'bulk' } as const;
  const draw = (bulk: string | undefined, sourceHash: string) =>
    reservations.reserve({ ...request, job, sourceHash, ...(bulk ? { bulk } : {}) });
  for (let i = 0; i < 8; i += 1) await draw(held[0] ?? '', `a${i}`);
  await draw(undefined, 'beside-1');
  for (let i = 2; i <= 6; i += 1) await draw(undefined, `beside-${i}`);
  await expect(draw(undefined, 'beside-7')).rejects.toMatchObject({ code: 'budget.reached' });

  await reservations.release(held[1] ?? '');
  await expect(draw(undefined, 'beside-8')).resolves.toMatchObject({ kind: 'reserved' });
});
