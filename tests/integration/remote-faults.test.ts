import type { Fault } from '../rembg-server/faults';
import { jobsOf } from '../support/core';
import { ended, endingPauses, ledgerRows, type RemoteApp, startRemoteApp, uploadDistinct } from '../support/remote-app';

/**
 * Each way the service can break, for many jobs at once: none hangs, none is lost, nothing is paid for twice. Fifty of them
 * with the long files (`npm run test:services -- --all`), and so many as take the line's places twice otherwise.
 */

jest.setTimeout(180_000);

const RUNS = process.env.CUTOUT_TEST_LONG ? 50 : 20;
/** A refused call ends a pause of a second, one at a time: so many show what more would. */
const REFUSALS = 12;
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

// Attempts of a job are not what is counted here, calls are.
const config = { jobs: { pollMs: 100, retryDelayMs: 20, leaseMs: 5000, maxAttempts: 10 } };
/** Short enough that many silent calls end in a test's time. */
const impatient = { timeouts: { connect: 5000, upload: 3000, headers: 3000, body: 2000, total: 20_000 } };

const isSilence = ({ kind }: Fault) => kind === 'slow-answer' || kind === 'slow-download';

let remote: RemoteApp;

describe.each([
  ['a service that answers', { config }, faults.filter(([fault]) => !isSilence(fault))],
  ['a service that falls silent', { config, remote: impatient }, faults.filter(([fault]) => isSilence(fault))],
])('%s', (_title, options, ofKind) => {
  beforeAll(async () => {
    remote = await startRemoteApp(options);
  });
  afterAll(() => remote.stop());

  test.each(ofKind)(`%j, ${RUNS} jobs`, endsWell);
});

async function endsWell(fault: Fault, ends: End[]) {
  const { server, app } = remote;
  app.cutout.service?.client.circuit.reset();
  const before = { charged: server.credits.charged(), rows: (await ledgerRows(remote)).length };
  server.setFault(fault, fault.kind === 'rate-limit' ? REFUSALS : RUNS);
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
}
