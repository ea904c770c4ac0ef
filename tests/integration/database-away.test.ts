import { setTimeout as sleep } from 'node:timers/promises';
import { knex as createKnex } from 'knex';
import { createDatabase, dropDatabase, testClient } from '../../scripts/lib/database';
import { databaseAway } from '../proof/cases/database-away';
import { table } from '../proof/report';
import { isDatabaseAway } from '../../server/src/database-away';
import { describeIf } from '../support/needs';
import { startProxyTo } from '../support/tcp-proxy';

describeIf(testClient() !== 'sqlite', 'a database that goes away: `npm run test:services`')(
  'a database that is away',
  () => {
    it('is told from what its driver says of a query that was cut off, and of the next one on that connection', async () => {
      const client = testClient() as 'postgres' | 'mysql';
      const database = await createDatabase(client);
      const { proxy, address } = await startProxyTo(database);
      const pool = { min: 1, max: 1 };
      const knex = createKnex({ client: client === 'postgres' ? 'pg' : 'mysql2', connection: address, pool });
      try {
        const slow = client === 'postgres' ? 'select pg_sleep(20)' : 'select sleep(20)';
        const told = knex.transaction(async (trx) => {
          const cut = await Promise.all([trx.raw(slow).catch((error: unknown) => error), sleep(500).then(proxy.cut)]);
          const next = await trx.raw('select 1').catch((error: unknown) => error);
          return [cut[0], next].map((error) => [isDatabaseAway(error), String(error)]);
        });
        // The commit fails too; what was told before is what counts.
        const seen: unknown = await told.catch((error: unknown) => [[isDatabaseAway(error), String(error)]]);
        expect(seen).toEqual((seen as unknown[][]).map(([, text]) => [true, text]));
      } finally {
        await knex.destroy();
        await proxy.stop();
        await dropDatabase(database);
      }
    }, 60_000);

    it('costs no cutout, no credit and no process', async () => {
      const counts = await databaseAway({ client: testClient(), awayMs: 10_000, assets: 6 });
      expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
    }, 300_000);
  },
);
