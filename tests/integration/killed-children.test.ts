import { killedChildren } from '../proof/cases/killed-children';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';

describeIf(process.platform === 'linux', 'children without memory: run on Linux')('picture children that die', () => {
  it.each(['SIGKILL', 'no memory'] as const)(
    'by %s end the job with a word, after its tries',
    async (death) => {
      const counts = await killedChildren(death);
      expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
    },
    300_000,
  );
});
