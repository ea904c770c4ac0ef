import { fullDisk } from './cases/full-disk';
import { proof } from './report';

/** `npm run proof:full-disk`; Linux and root only, for it mounts small disks. */
proof({
  name: 'full-disk',
  title: 'A disk that is full or read-only',
  clients: ['sqlite'],
  run: async () => {
    const counts = [];
    for (const trouble of ['uploads full', 'uploads read-only', 'temp folder full'] as const) {
      counts.push(...(await fullDisk(trouble)).map((count) => ({ ...count, what: `${trouble}: ${count.what}` })));
    }
    return counts;
  },
});
