import { createServer } from 'node:net';
import { freePort } from '../../scripts/lib/port';

it('gives ports that no outgoing connection gets, never one twice, and none that is taken', async () => {
  const first = await freePort();
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(first + 1, '127.0.0.1', resolve));
  const ports = [first];
  for (let count = 0; count < 5; count += 1) ports.push(await freePort());
  await new Promise((resolve) => taken.close(resolve));
  expect(Math.max(...ports)).toBeLessThan(32_768);
  expect(new Set(ports).size).toBe(6);
  expect(ports).not.toContain(first + 1);
});
