import { killedChildren } from './cases/killed-children';
import { proof } from './report';

/** `npm run proof:killed-children`; Linux only. */
proof({
  name: 'killed-children',
  title: 'Picture children that die',
  clients: ['sqlite'],
  run: async () => {
    const counts = [];
    for (const death of ['SIGKILL', 'no memory'] as const) {
      counts.push(...(await killedChildren(death)).map((count) => ({ ...count, what: `${death}: ${count.what}` })));
    }
    return counts;
  },
});
