import type { Fault } from '../rembg-server/faults';
import { jobsOf } from '../support/core';
import { ended, endingPauses, ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';

/** Each way the service can break, for fifty jobs at once: none hangs, none is lost, nothing is paid for twice. */

jest.setTimeout(180_000);

const RUNS = 50;
/** How a job may end: with its cutout, or, where the call may have been paid for, waiting for a person. */
type End = 'done' | 'held' | 'failed';

const faults: [Fault, End[]][] = [
  [{ kind: 'slow-upload', ms: 20 }, ['done']],
  [{ kind: 'reset-before-body' }, ['done', 'held']],
  [{ kind: 'reset-after-body' }, ['held']],
  [{ kind: 'slow-answer', ms: 30_000 }, ['held']],
  [{ kind: 'slow-download', ms: 30_000 }, ['held']],
  [{ kind: 'truncated', ending: 'reset' }, ['held']],
  [{ kind: 'truncated', ending: 'clean' }, ['held']],
  [{ kind: 'server-error', status: 500, from: 'service' }, ['done']],
  [{ kind: 'server-error', status: 502, from: 'gateway' }, ['held']],
  [{ kind: 'rate-limit', retryAfter: '1' }, ['done']],
  [{ kind: 'html-page' }, ['held']],
  [{ kind: 'wrong-type' }, ['done', 'held']],
  [{ kind: 'wrong-format' }, ['done', 'held']],
  [{ kind: 'redirect', to: 'http://127.0.0.1:1/elsewhere' }, ['failed']],
];

let remote: RemoteApp;
beforeAll(async () => {
  // Attempts of a job are not what is counted here, calls are.
  remote = await startRemoteApp({
    config: { jobs: { pollMs: 100, retryDelayMs: 20, leaseMs: 5000, maxAttempts: 10 } },
  });
});
afterAll(() => remote.stop());

test.each(faults)(`%j, ${RUNS} jobs`, async (fault, ends) => {
  const { server, app } = remote;
  app.cutout.service?.client.circuit.reset();
  const before = { charged: server.credits.charged(), rows: (await ledgerRows(remote)).length };
  server.setFault(fault, RUNS);
  const ids = await uploadDistinct(remote, RUNS);
  const stop = endingPauses(remote);
  const jobs = await ended(remote, ids, 150_000, () => false).finally(stop);

  expect([...new Set(jobs.map((job) => job.state))].filter((state) => !ends.includes(state as End))).toEqual([]);
  for (const job of jobs) expect(await jobsOf(app, job.fileId)).toHaveLength(1);
  const rows = (await ledgerRows(remote)).slice(before.rows);
  const count = (outcome: string) => rows.filter((row) => row.outcome === outcome).length;
  expect(count('reserved')).toBe(0);
  // What nobody can tell counts as paid; the service may have taken fewer credits, never more.
  expect(server.credits.charged() - before.charged).toBeLessThanOrEqual(count('charged') + count('unknown'));
  if (fault.kind !== 'reset-before-body') {
    expect(server.credits.charged() - before.charged).toBe(count('charged') + count('unknown'));
  }
  // A picture that was refused when it came was made all the same.
  const refused = jobs.filter((job) => job.reasonCode === 'remote.picture-lost').length;
  expect(count('charged')).toBe(jobs.filter((job) => job.state === 'done').length + refused);
});
