import { setTimeout as sleep } from 'node:timers/promises';
import { createDatabaseClock } from '../../server/src/clock';
import { parseConfig } from '../../server/src/config';
import { createQueue } from '../../server/src/jobs/queues';
import { createJobStore } from '../../server/src/jobs/store';
import { engineName } from '../../server/src/words';
import { bootCore } from '../support/core';

/** A process of the distribution benchmark: the real queue on the real table, with an engine that takes 200 ms. */
async function main(): Promise<void> {
  const [dataDir, config] = process.argv.slice(2) as [string, string];
  const app = await bootCore({ dataDir, config: { role: 'web' } });
  const clock = createDatabaseClock(app.strapi);
  await clock.sync();
  const store = createJobStore(app.strapi, clock.now);
  const queue = createQueue({
    ...{ config: parseConfig(JSON.parse(config)), store, hasRemote: () => false, installation: 'bench' },
    run: async (job) => {
      await sleep(200);
      await store.finish(job, { chosen: null, timings: null });
    },
    engines: () => engineName.options,
    onError: (message) => process.stderr.write(`${message}\n`),
    onNotice: (message) => process.stderr.write(`${message}\n`),
  });
  queue.start();
  process.stdout.write(`${JSON.stringify({ ready: true })}\n`);
}

void main();
