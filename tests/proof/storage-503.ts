import type { StorageFault } from '../support/storage';
import { storageAway } from './cases/storage-503';
import { proof } from './report';

/** `npm run proof:storage-503 -- --db sqlite|postgres|mysql [--size 15]`: so many seconds without the storage. */
const SECONDS = 60;

const faults: Record<string, StorageFault> = {
  'answers 503': { kind: 'status', status: 503, methods: ['GET'] },
  'cuts connections': { kind: 'reset', methods: ['GET'] },
  'takes no files': { kind: 'status', status: 503, methods: ['PUT'] },
};

proof({
  name: 'storage-503',
  title: 'A preset edited while the storage is away',
  clients: ['sqlite', 'postgres', 'mysql'],
  run: async (client, seconds = SECONDS) => {
    const counts = [];
    for (const [title, fault] of Object.entries(faults)) {
      const found = await storageAway({ client, fault, awayMs: seconds * 1000 });
      counts.push(...found.map((count) => ({ ...count, what: `${title}: ${count.what}` })));
    }
    return counts;
  },
});
