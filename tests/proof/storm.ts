import { storm, type StormRule } from './cases/storm';
import { proof } from './report';

/** `npm run proof:storm -- --db postgres|mysql [--size 40]`: so many uploads and as many saves, for either rule. */
const ASSETS = 200;
const titles: Record<StormRule, string> = {
  none: 'without the plugin',
  fields: 'by the fields',
  everything: 'by rules.everything',
};

proof({
  name: 'storm',
  title: 'Uploads and saves on two nodes',
  clients: ['postgres', 'mysql'],
  run: async (client, assets = ASSETS) => {
    const counts = [];
    for (const [rule, title] of Object.entries(titles)) {
      const found = await storm({ client, assets, rule: rule as StormRule });
      counts.push(...found.map((count) => ({ ...count, what: `${title}: ${count.what}` })));
    }
    return counts;
  },
});
