import { corpus, sample } from '../hostile/corpus';
import { hostileCli, hostileStrapi } from '../proof/cases/hostile';
import { table } from '../proof/report';

const SEED = 20_240_901;
const minutes = 60_000;

test(
  'all of it ends as documented on the command line, and nothing is left',
  async () => {
    const { counts, lines } = await hostileCli(corpus());
    expect([...lines, ...(counts.every(({ holds }) => holds) ? [] : [table(counts)])]).toEqual([]);
  },
  10 * minutes,
);

test(
  'a part of it ends as documented after upload and replace, and Strapi answers as without the plugin',
  async () => {
    const { counts, lines } = await hostileStrapi(sample(corpus(), 40, SEED));
    expect([...lines, ...(counts.every(({ holds }) => holds) ? [] : [table(counts)])]).toEqual([]);
  },
  10 * minutes,
);
