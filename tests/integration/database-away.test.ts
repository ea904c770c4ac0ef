import { testClient } from '../../scripts/lib/database';
import { databaseAway } from '../proof/cases/database-away';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';

describeIf(testClient() !== 'sqlite', 'a database that goes away: `npm run test:services`')(
  'a database that is away',
  () => {
    it('costs no cutout, no credit and no process', async () => {
      const counts = await databaseAway({ client: testClient(), awayMs: 10_000, assets: 6 });
      expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
    }, 300_000);
  },
);
