import { testClient } from '../../scripts/lib/database';
import { runRaces } from '../proof/cases/races';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';

describeIf(testClient() !== 'sqlite', 'two nodes on one database server: `npm run test:services`')(
  'what happens to an asset while its job runs',
  () => {
    it(
      'leaves it as one order of the two would, and nothing stored for nobody',
      async () => {
        const counts = await runRaces({ client: testClient(), rounds: 2, seed: 1 });
        expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
      },
      10 * 60_000,
    );
  },
);
