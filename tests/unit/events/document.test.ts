import { readFileSync } from 'node:fs';
import path from 'node:path';
import { eventPayloads } from '../../../server/src/events/payloads';
import { packageRoot } from '../../../server/src/package-root';
import { eventName } from '../../../server/src/words';

const rows = readFileSync(path.join(packageRoot(), 'docs/events.md'), 'utf8')
  .split('\n')
  .filter((line) => line.startsWith('| `cutout.'))
  .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));

it.each(eventName.options)('the document names the fields of %s as they are', (name) => {
  const row = rows.find(([, event]) => event === name);
  expect(row?.[3]?.split(', ')).toEqual(Object.keys(eventPayloads[name].shape));
});

it('the document names no event that does not exist', () => {
  expect(rows.map(([, event]) => event).sort()).toEqual([...eventName.options].sort());
});
