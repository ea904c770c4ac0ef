import { paidKills } from './cases/paid-kills';
import { proof } from './report';

/** `npm run proof:paid-kills -- --db postgres|mysql [--size 6]`: so many kills in the middle of paid calls. */
const KILLS = 30;

proof({
  name: 'paid-kills',
  title: 'Kills in the middle of paid calls',
  clients: ['postgres', 'mysql'],
  run: (client, kills = KILLS) => paidKills({ client, kills }),
});
