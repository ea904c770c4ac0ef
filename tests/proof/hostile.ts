import { corpus, sample } from '../hostile/corpus';
import { hostileCli, hostileStrapi } from './cases/hostile';
import { proof } from './report';

const SEED = 1;

/** `npm run proof:hostile [-- --size 40]`: all of the corpus, or so many files of it. */
proof({
  name: 'hostile',
  title: 'Hostile files',
  clients: ['sqlite'],
  run: async (_client, size) => {
    const files = size === undefined ? corpus() : sample(corpus(), size, SEED);
    const results = [await hostileCli(files), await hostileStrapi(files)];
    for (const line of results.flatMap(({ lines }) => lines)) console.error(line);
    return results.flatMap(({ counts }) => counts);
  },
});
