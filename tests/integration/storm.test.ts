import { testClient } from '../../scripts/lib/database';
import { type Count, table } from '../proof/report';
import { storm, type StormRule } from '../proof/cases/storm';
import { describeIf } from '../support/needs';

/** Short forms of the proofs, see tests/proof. */
const missed = (counts: Count[]) => counts.filter(({ holds }) => !holds);

describeIf(testClient() !== 'sqlite', 'several nodes on one database server: `npm run test:services`')(
  'two nodes under a storm of uploads and saves',
  () => {
    it.each<StormRule>(['fields', 'everything'])(
      'make each cutout once, and fail no request, by the rule %s',
      async (rule) => {
        const counts = await storm({ client: testClient(), assets: 40, rule });
        expect(missed(counts).length > 0 ? table(counts) : '').toBe('');
      },
      5 * 60_000,
    );
  },
);
