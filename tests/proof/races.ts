import { runRaces } from './cases/races';
import { proof } from './report';

/** `npm run proof:races -- --db sqlite|postgres|mysql [--size 200] [--seed 1]`: so many rounds of each race. */
const ROUNDS = 200;

proof({
  name: 'races',
  title: 'Races with running jobs',
  clients: ['postgres', 'mysql', 'sqlite'],
  options: { seed: String(Date.now() % 100_000) },
  run: (client, rounds = ROUNDS, { seed }) => {
    console.log(`seed ${seed}`);
    return runRaces({ client, rounds, seed: Number(seed) });
  },
});
