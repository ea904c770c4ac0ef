import { canMount, fullDisk } from '../proof/cases/full-disk';
import { table } from '../proof/report';
import { describeIf } from '../support/needs';

describeIf(canMount, 'full disks: run as root on Linux, where small ones can be mounted')('a disk', () => {
  it.each(['uploads full', 'uploads read-only', 'temp folder full'] as const)(
    'with its %s is waited for',
    async (what) => {
      const counts = await fullDisk(what);
      expect(counts.every(({ holds }) => holds) ? '' : table(counts)).toBe('');
    },
    300_000,
  );
});
