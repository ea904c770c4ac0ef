import { fuzz } from '../../fuzz/fuzz';

/** `npm run fuzz` looks for new findings; this form takes the same inputs every time. */
test('hostile files and texts end in a sentence, soon, and never in a path', async () => {
  const { executions, findings } = await fuzz({ seed: 1, executions: 4000, ms: 60_000 });
  expect(findings).toEqual([]);
  for (const count of Object.values(executions)) expect(count).toBeGreaterThan(20);
}, 120_000);
