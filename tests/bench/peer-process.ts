import { writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { removeBackground } from '@imgly/background-removal-node';

/**
 * The peer of the benchmark, in a process of its own: @imgly/background-removal-node with its `medium` model, which is
 * the same fp16 ISNet. Answers a `PeerTask` with the milliseconds from file in to encoded file out.
 */

export interface PeerTask {
  source: string;
  output: string;
}
export type PeerAnswer = { ms: number } | { error: string };

async function cut({ source, output }: PeerTask): Promise<number> {
  const start = performance.now();
  const blob = await removeBackground(pathToFileURL(source).href, {
    model: 'medium',
    output: { format: 'image/webp', quality: 0.85 },
  });
  await writeFile(output, Buffer.from(await blob.arrayBuffer()));
  return performance.now() - start;
}

process.on('message', (task: PeerTask) => {
  const answer = (message: PeerAnswer): void => void process.send?.(message);
  cut(task).then(
    (ms) => answer({ ms }),
    (error: unknown) => answer({ error: String(error) }),
  );
});
