import { createEmbeddedQueue } from '../../server/src/jobs/queues/embedded';
import { describeJobQueue } from './job-queue';

describeJobQueue('the embedded queue', ({ concurrency, ...parts }) =>
  createEmbeddedQueue({ ...parts, concurrency: () => concurrency }),
);
