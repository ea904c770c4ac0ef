import { createBullQueue } from '../../server/src/jobs/queues/bull';
import { describeWithRedis, newPrefix, redisUrl, removeKeys } from '../support/redis';
import { describeJobQueue } from './job-queue';

describeWithRedis('on Redis', () => {
  const prefix = newPrefix();
  afterAll(() => removeKeys(prefix));

  describeJobQueue("Bull's queue", ({ concurrency, ...parts }) =>
    createBullQueue({
      ...parts,
      lanes: [{ name: 'all', engines: () => ['local', 'auto', 'remote'], concurrency }],
      ...{ url: redisUrl, prefix, onNotice: parts.onError },
    }),
  );
});
