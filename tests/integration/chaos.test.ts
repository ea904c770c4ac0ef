import { testClient } from '../../scripts/lib/database';
import { chaos } from '../proof/cases/chaos';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';
import { hasOwnRedis } from '../support/own-redis';

// Each database and driver by itself: npm run proof:chaos.
describeIf(testClient() === 'postgres' && hasOwnRedis, 'Chaos: npm run test:services, with a redis-server to start.')(
  'workers that are killed, a Redis that forgets all and a database that cuts its connections',
  () => {
    it(
      'leave each asset its variants once, every event told and nothing paid twice',
      async () => {
        const size = { assets: 40, kills: 6, faults: 1, workers: 2 };
        const counts = await chaos({ client: 'postgres', driver: 'bull', ...size, real: false, seed: 1 });
        expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
      },
      10 * 60_000,
    );
  },
);
