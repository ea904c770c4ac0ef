import { clockJumps } from './cases/clock-jumps';
import { proof } from './report';

/** `npm run proof:clock-jumps`. */
proof({
  name: 'clock-jumps',
  title: 'A clock that jumps by an hour',
  clients: ['sqlite'],
  run: async (_client, size = 20) => {
    const counts = [];
    for (const hours of [1, -1] as const) {
      const way = hours > 0 ? 'ahead' : 'back';
      counts.push(...(await clockJumps(hours, size)).map((count) => ({ ...count, what: `${way}: ${count.what}` })));
    }
    return counts;
  },
});
