import { prepareTurn, scenarios } from './cases/cycle-turn';
import { proof } from './report';

/**
 * `npm run proof:cycle-turn -- --db sqlite|postgres|mysql [--size 60]`: so many seconds until the cycle ends or credits
 * are bought. In real time, all scenarios side by side: 8 to 9 minutes where a job does not go on.
 */
const SECONDS = 90;

proof({
  name: 'cycle-turn',
  title: 'Jobs that wait for a new cycle or for credits',
  clients: ['sqlite', 'postgres', 'mysql'],
  run: async (client, seconds = SECONDS) => {
    const prepared = [];
    for (const scenario of scenarios) {
      prepared.push({ scenario, ...(await prepareTurn({ client, scenario, reliefInMs: seconds * 1000 })) });
    }
    const found = prepared.map(async ({ scenario, run }) =>
      (await run()).map((count) => ({ ...count, what: `${scenario.title}: ${count.what}` })),
    );
    return (await Promise.all(found)).flat();
  },
});
