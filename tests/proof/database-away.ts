import { databaseAway } from './cases/database-away';
import { proof } from './report';

/** `npm run proof:database-away -- --db postgres|mysql [--size 10]`: so many seconds without the database. */
const SECONDS = 30;

proof({
  name: 'database-away',
  title: 'The database away, with paid jobs in flight',
  clients: ['postgres', 'mysql'],
  run: (client, seconds = SECONDS) => databaseAway({ client, awayMs: seconds * 1000, assets: 12 }),
});
