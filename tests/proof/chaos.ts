import { chaos } from './cases/chaos';
import { proof } from './report';

/**
 * `npm run proof:chaos -- --db sqlite|postgres|mysql --driver embedded|bull [--size 40] [--seed 1] [--real yes]`: so many
 * pictures, and as many kills and faults as go with them; with `--real` by the default model.
 */
const FULL = { assets: 500, kills: 50, faults: 5 };
const REAL = { assets: 30, kills: 6, faults: 1 };

proof({
  name: 'chaos',
  title: 'Chaos',
  clients: ['postgres', 'mysql', 'sqlite'],
  options: { driver: 'bull', seed: String(Date.now() % 100_000), real: 'no' },
  variant: ({ driver, real }) => ` with the driver ${driver}${real === 'yes' ? ' and the real model' : ''}`,
  run: (client, size, { driver, seed, real }) => {
    if (driver !== 'bull' && driver !== 'embedded')
      throw new Error(`--driver: expected embedded or bull, received '${driver}'.`);
    console.log(`seed ${seed}`);
    const full = real === 'yes' ? REAL : FULL;
    const { assets } = size === undefined ? full : { assets: size };
    const share = assets / full.assets;
    return chaos({
      ...{ client, driver, assets, seed: Number(seed), real: real === 'yes', workers: 2 },
      kills: Math.ceil(full.kills * share),
      faults: Math.ceil(full.faults * share),
    });
  },
});
