import { fuzzApiProof } from './cases/fuzz-api';
import { proof } from './report';

const REQUESTS = 2000;

/**
 * `npm run fuzz:api [-- --db postgres --size 300 --seed 7]`: so many requests made from the OpenAPI document. `--only 59` sends
 * the 59th of a seed's alone.
 */
proof({
  name: 'fuzz-api',
  script: 'fuzz:api',
  title: 'Requests made from the OpenAPI document',
  clients: ['sqlite', 'postgres', 'mysql'],
  options: { seed: String(Date.now() % 1_000_000), only: '' },
  run: (client, size, { seed, only }) => {
    console.log(`seed ${seed}`);
    const requests = size ?? REQUESTS;
    return fuzzApiProof({ client, requests, seed: Number(seed), only: only ? Number(only) : undefined });
  },
});
