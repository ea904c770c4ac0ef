import { testClient } from '../../scripts/lib/database';
import { storageAway } from '../proof/cases/storage-503';
import { table } from '../proof/report';
import type { StorageFault } from '../support/storage';

it('waits, and pays for nothing, while the storage answers 503', async () => {
  const fault: StorageFault = { kind: 'status', status: 503, methods: ['GET'] };
  const counts = await storageAway({ client: testClient(), fault, awayMs: 10_000, resumeMs: 90_000 });
  expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
}, 240_000);
