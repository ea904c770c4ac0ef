import { writeScene } from '../fixtures/files';
import type { SceneSpec } from '../fixtures/scene';

/** `node scripts/run-ts.mjs tests/support/write-scenes.ts FOLDER '[{ "name": "mug", "kind": "mug", … }]'` */
async function main([folder, specs]: string[]): Promise<void> {
  if (!folder || !specs) throw new Error('write-scenes: expected a folder and a JSON list of named scenes.');
  for (const { name, ...spec } of JSON.parse(specs) as (SceneSpec & { name: string })[]) {
    await writeScene(spec, folder, name);
  }
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
