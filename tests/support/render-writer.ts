import { createHash } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createDisk } from '../../server/src/renders/disk';

/**
 * One of several processes that keep pictures in a folder: `<folder> <seed> <most bytes> <files>`. Prints a line at the
 * start, and goes on until it has written so many. Each file is called after its content, so that a reader knows it whole.
 */
const FILE_BYTES = 200_000;

const [dir = '', seed = '', mostBytes = '', count = ''] = process.argv.slice(2);
const source = path.join(mkdtempSync(path.join(tmpdir(), 'cutout-writer-')), 'made');
const disk = createDisk({
  dir,
  mostBytes: Number(mostBytes),
  now: Date.now,
  onFault: (error) => {
    throw error;
  },
});

async function main(): Promise<void> {
  process.stdout.write('{}\n');
  for (let at = 0; at < Number(count); at += 1) {
    const content = Buffer.alloc(FILE_BYTES, `${seed}-${at} `);
    writeFileSync(source, content);
    const name = `${createHash('sha256').update(content).digest('hex').slice(0, 32)}.webp`;
    if (!(await disk.put(name, source))) throw new Error(`'${name}' was not kept.`);
  }
  await disk.trim();
}

main().catch((error: unknown) => {
  process.stderr.write(String(error));
  process.exitCode = 1;
});
