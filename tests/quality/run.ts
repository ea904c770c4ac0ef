import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { effort as efforts } from '../../server/src/words';
import { startPeer } from '../bench/peer';
import { createSetting, cut, options, type Setting } from '../bench/setting';
import { givenPhotos, type Photo, realPhotos, scenePhotos } from './photos';
import { judge, readAlpha, type Judged } from './judge';
import { page, table } from './report';
import { writeSheets } from './sheet';

/**
 * `npm run quality` cuts two real photos and generated scenes with this plugin and with imgly's package, measures both against the scenes'
 * exact mattes and writes docs/quality.md with its pictures. `npm run quality -- PHOTOS…` does it for photos of yours and writes
 * `quality/` in the current folder instead; `<name>.truth.png` beside a photo is its reference matte.
 */

const PEER = 'imgly';

async function mattesOf(
  setting: Setting,
  photos: Photo[],
  wanted: string[],
): Promise<Map<string, Record<string, string>>> {
  const files = new Map<string, Record<string, string>>();
  const pool = setting.pool();
  const peer = startPeer(setting.root);
  try {
    for (const { name, file } of photos) {
      const made: Record<string, string> = {};
      for (const effort of efforts.options.filter((each) => wanted.includes(each))) {
        setting.say(`${name}: ${effort}`);
        const matte = { ...setting.model, effort };
        const compose = options({ format: 'png', refine: effort !== 'fast' });
        const { result } = await cut(setting, pool, file, { matte, options: compose, key: `${name}-${effort}` });
        made[effort] = result.variants[0]!.path;
      }
      setting.say(`${name}: ${PEER}`);
      const output = path.join(setting.folder, `${name}-${PEER}.webp`);
      await peer.cut(file, output);
      files.set(name, { ...made, [PEER]: output });
    }
  } finally {
    peer.end();
    await pool.destroy();
  }
  return files;
}

async function main(args: string[]): Promise<void> {
  const { positionals, values } = parseArgs({
    args,
    allowPositionals: true,
    options: { effort: { type: 'string', multiple: true } },
  });
  const setting = await createSetting(false, (line) => process.stderr.write(`${line}\n`));
  const own = positionals.length > 0;
  const folder = own ? path.resolve('quality') : path.join(setting.root, 'docs');
  const photos = own ? givenPhotos(positionals) : [...realPhotos(setting.root), ...(await scenePhotos(setting.folder))];
  mkdirSync(path.join(folder, 'quality'), { recursive: true });

  const cutouts = await mattesOf(setting, photos, values.effort ?? [...efforts.options]);
  const judged: Judged[] = [];
  for (const photo of photos) {
    const files = cutouts.get(photo.name)!;
    const scores: Judged['scores'] = {};
    for (const [by, file] of Object.entries(files))
      if (photo.truth) scores[by] = await judge(await readAlpha(file), await readAlpha(photo.truth));
    const pictures = { whole: `quality/${photo.name}.webp`, zoom: `quality/${photo.name}-edge.webp` };
    const targets = { whole: path.join(folder, pictures.whole), zoom: path.join(folder, pictures.zoom) };
    await writeSheets(photo, Object.values(files), targets);
    judged.push({ name: photo.name, scores, pictures, remark: photo.remark ?? null });
  }
  writeFileSync(
    path.join(folder, 'quality.md'),
    page(judged, { root: setting.root, model: setting.model.card.id, peer: PEER }),
  );
  console.log(table(judged));
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
