/**
 * `npm run test:services`: the tests of jobs, money and several nodes on PostgreSQL and on MariaDB, one server after
 * the other, each test file in a database of its own. `npm test` runs them on SQLite, where several nodes cannot be. A
 * server that is not there fails the run, and so does a Redis (REDIS_URL, or the default port of this machine).
 * `--db postgres` runs one of them, `--all` adds the files that take minutes and in which the database plays a small part;
 * further arguments are patterns that replace the files listed here.
 */
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { dropDatabases, requireServer, servers } from './lib/database.js';
import { countLine, jest, reportUnsteady, sum } from './lib/jest.js';
import { prepare } from './lib/prepare.js';
import { requireRedis } from './lib/redis.js';

/** What differs from one database to another: locks, isolation, what a statement returns, how a time is kept. */
const files = [
  'tests/contract/job-queue',
  'tests/integration/core-',
  'tests/integration/remote-(?!faults)',
  'tests/integration/money-',
  'tests/integration/mattes',
  'tests/integration/own-options',
  'tests/integration/reconcile',
  'tests/integration/locks',
  'tests/integration/storm',
  'tests/integration/paid-kills',
  'tests/integration/database-away',
  'tests/integration/worker',
  'tests/integration/bull-',
  'tests/integration/rest',
  'tests/integration/assets',
  'tests/integration/events-',
  'tests/integration/correction',
  'tests/integration/settings-nodes',
];
/** Short rounds of the long proofs, one on each server. */
const proofs = { postgres: ['tests/integration/chaos'], mysql: ['tests/integration/races'] };
const slow = ['remote-faults', 'crash', 'storage-away', 'chaos', 'races'].map((name) => `tests/integration/${name}`);

const redis = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

const say = (/** @type {string} */ line) => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  options: { db: { type: 'string' }, all: { type: 'boolean' } },
  allowPositionals: true,
});
const clients = /** @type {(keyof typeof servers)[]} */ (Object.keys(servers));
const wanted = clients.filter((client) => values.db === undefined || values.db === client);
const scratch = fs.mkdtempSync(path.join(os.tmpdir(), 'cutout-services-'));

try {
  if (wanted.length === 0) throw new Error(`--db: expected ${clients.join(' or ')}, received '${values.db}'.`);
  await prepare({ say });
  const outcomes = [];
  for (const client of wanted) outcomes.push(await runOn(client));
  const total = sum(outcomes);
  reportUnsteady(say, total);
  say(countLine(total));
  process.exitCode = total.ok ? 0 : 1;
} catch (error) {
  complain(error);
  say('0 passed, 1 failed, 0 skipped');
  process.exitCode = 1;
} finally {
  fs.rmSync(scratch, { recursive: true, force: true });
}

/** @param {keyof typeof servers} client */
async function runOn(client) {
  say(`\n${servers[client].title}`);
  try {
    await requireServer(client);
    await requireRedis(redis);
    await dropDatabases(client);
  } catch (error) {
    complain(error);
    return { ok: false, passed: 0, failed: 1, skipped: 0, unsteady: [] };
  }
  const patterns = positionals.length > 0 ? positionals : [...files, ...(values.all ? slow : proofs[client])];
  const tests = { projects: ['contract', 'integration'], workers: 3, patterns };
  const outcome = await jest(tests, path.join(scratch, `${client}.json`), {
    CUTOUT_TEST_DB: client,
    CUTOUT_TEST_REDIS: redis,
    ...(values.all ? { CUTOUT_TEST_LONG: '1' } : {}),
  });
  // Those of a run that was cut off.
  await dropDatabases(client).catch(complain);
  return outcome;
}

/** @param {unknown} error */
function complain(error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
}
