import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { packageRoot } from '../../../server/src/package-root';

test('the committed kernels are what their sources compile to', () => {
  const root = packageRoot(__dirname);
  execFileSync(process.execPath, [path.join(root, 'scripts/kernels.mjs'), '--check'], { cwd: root, stdio: 'pipe' });
}, 60_000);
