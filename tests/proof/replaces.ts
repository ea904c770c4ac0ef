import { parallelReplaces } from './cases/replaces';
import { proof } from './report';

/** `npm run proof:replaces [-- --size 10]`: so many assets, each replaced four times by two requests at once. */
const ASSETS = 55;

proof({
  name: 'replaces',
  title: 'The same asset replaced by two requests at once',
  clients: ['sqlite'],
  run: (_, assets = ASSETS) => parallelReplaces({ assets, rounds: 4 }),
});
