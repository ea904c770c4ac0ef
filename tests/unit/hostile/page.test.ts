import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../../../scripts/lib/paths';
import { corpus, nameOf } from '../../hostile/corpus';
import { oddFilesPage } from '../../hostile/page';

/** Without what Prettier fills tables up with, and where it breaks lines. */
const bare = (page: string) => page.replaceAll(/-{3,}/g, '---').replaceAll(/\s+/g, ' ');

test('docs/odd-files.md tells what the corpus wants', () => {
  expect(bare(readFileSync(path.join(root, 'docs/odd-files.md'), 'utf8'))).toBe(bare(oddFilesPage()));
});

test('the corpus has hundreds of files, each with a name and a title of its own', () => {
  const files = corpus();
  expect(files.length).toBeGreaterThanOrEqual(300);
  expect(new Set(files.map(nameOf)).size).toBe(files.length);
  const names = files.map(({ name }) => name);
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

test('the bytes of a recipe are the same each time', async () => {
  const kinds = (each: ReturnType<typeof corpus>) => each.filter((_, index) => index % 40 === 0);
  for (const [index, file] of kinds(corpus()).entries()) {
    const other = kinds(corpus())[index]!;
    expect(Buffer.compare(await file.make(), await other.make())).toBe(0);
  }
});
