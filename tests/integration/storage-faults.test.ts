import { testClient } from '../../scripts/lib/database';
import { storageFaults } from '../proof/cases/storage-faults';
import { table } from '../proof/report';
import type { StorageFault } from '../support/storage';

it.each<[string, StorageFault]>([
  ['takes no files', { kind: 'status', methods: ['PUT'] }],
  ['hangs as it deletes', { kind: 'hang', methods: ['DELETE'] }],
  ['signs nothing', { kind: 'status', methods: ['POST'] }],
])(
  'answers uploads as without the plugin, and goes on by itself, when the storage %s',
  async (_, fault) => {
    const counts = await storageFaults({ client: testClient(), fault, awayMs: 5000, uploads: 12 });
    expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
  },
  10 * 60_000,
);
