import { testClient } from '../../scripts/lib/database';
import { paidKills } from '../proof/cases/paid-kills';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';

describeIf(testClient() !== 'sqlite', 'several nodes on one database server: `npm run test:services`')(
  'two nodes that are killed in the middle of paid calls',
  () => {
    it(
      'pay for no picture twice, and know of every credit',
      async () => {
        const counts = await paidKills({ client: testClient(), kills: 3 });
        expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
      },
      12 * 60_000,
    );
  },
);
