import { parallelReplaces } from '../proof/cases/replaces';
import { table } from '../proof/report';

it('answers parallel replaces of one asset as Strapi does without the plugin, and deletes each variant once', async () => {
  const counts = await parallelReplaces({ assets: 12, rounds: 3 });
  expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
}, 300_000);
