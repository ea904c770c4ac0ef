import type { StorageFault } from '../support/storage';
import { storageFaults } from './cases/storage-faults';
import { proof } from './report';

/** `npm run proof:storage-faults -- --db sqlite|postgres|mysql [--size 20]`: so many uploads at once during each fault. */
const UPLOADS = 200;

const faults: Record<string, StorageFault> = {
  'takes no files': { kind: 'status', methods: ['PUT'] },
  'hangs as it takes files': { kind: 'hang', methods: ['PUT'] },
  'deletes nothing': { kind: 'status', methods: ['DELETE'] },
  'hangs as it deletes': { kind: 'hang', methods: ['DELETE'] },
  'signs nothing': { kind: 'status', methods: ['POST'] },
  'hangs as it signs': { kind: 'hang', methods: ['POST'] },
  'hangs as it gives files': { kind: 'hang', methods: ['GET'] },
};

proof({
  name: 'storage-faults',
  title: 'A storage that fails or hangs, and uploads at once meanwhile',
  clients: ['sqlite', 'postgres', 'mysql'],
  run: async (client, uploads = UPLOADS) => {
    const counts = [];
    for (const [title, fault] of Object.entries(faults)) {
      const found = await storageFaults({ client, fault, awayMs: 30_000, uploads });
      counts.push(...found.map((count) => ({ ...count, what: `${title}: ${count.what}` })));
    }
    return counts;
  },
});
