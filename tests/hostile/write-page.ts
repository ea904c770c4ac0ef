import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { format, resolveConfig } from 'prettier';
import { root } from '../../scripts/lib/paths';
import { oddFilesPage } from './page';

/** `npm run docs:odd-files` */
const file = path.join(root, 'docs/odd-files.md');

async function write(): Promise<void> {
  writeFileSync(file, await format(oddFilesPage(), { ...(await resolveConfig(file)), filepath: file }));
}

write().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
