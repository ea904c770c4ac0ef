import { existsSync } from 'node:fs';
import path from 'node:path';
import { writeScene } from '../fixtures/files';
import type { BackdropName, SceneKind } from '../fixtures/scene';

/** A picture to be judged on. */
export interface Photo {
  name: string;
  file: string;
  /** Its reference matte, if there is one. */
  truth: string | null;
  /** Middle of what is shown enlarged, in shares of the sides; found by the matte when left out. */
  zoom?: { x: number; y: number };
  /** What a person saw in the pictures of it. */
  remark?: string;
}

/** What our scenes show: hair and fur, thin wires, holes, hard edges, leaves; see tests/fixtures. */
const scenes: { kind: SceneKind; backdrop: BackdropName; zoom: { x: number; y: number }; remark: string }[] = [
  {
    ...{ kind: 'hair', backdrop: 'studio', zoom: { x: 0.3, y: 0.45 } },
    remark:
      "`balanced` and `best` show single strands where `fast` and imgly's leave a pale mist between them, which shines on black. Their outermost strands are thinner and paler than the photo's, and some are lost; imgly's keeps more of those. A faint smudge is left beside the shoulder in all four, most of it with ours.",
  },
  {
    ...{ kind: 'plush', backdrop: 'garden', zoom: { x: 0.33, y: 0.3 } },
    remark:
      "Nobody gets this one right: the network takes the bear for half transparent, and each of the four would have to be made by hand or by another model. The fur at the outline is firmer with `balanced` and `best`, but they empty the face around the eyes more than imgly's does. The figures move by a quarter with the slightest change of the network's input.",
  },
  {
    ...{ kind: 'wires', backdrop: 'garden', zoom: { x: 0.25, y: 0.3 } },
    remark:
      "The spokes are as thin as in the photo with `balanced` and `best`, and twice as thick with the other two. But ours break off beside the rim, are dashed in places and look weaker from afar. All four leave the meadow's green in them.",
  },
  {
    ...{ kind: 'chair', backdrop: 'garden', zoom: { x: 0.35, y: 0.3 } },
    remark:
      'A grey veil stays between the seat and the back in all four, though it should be empty; with `best` it is the faintest.',
  },
  {
    ...{ kind: 'mug', backdrop: 'studio', zoom: { x: 0.65, y: 0.45 } },
    remark: "All four are clean. imgly's has a fringe of the grey wall inside the handle.",
  },
  {
    ...{ kind: 'plant', backdrop: 'planks', zoom: { x: 0.4, y: 0.3 } },
    remark:
      "The dark joints of the planks are taken for stalks, in all four. With imgly's and `fast` they are blurred and paler, with `balanced` and `best` sharp and shorter. imgly's has a brown fringe around stalks and leaves.",
  },
];
const SIDE = 1000;

/** Real ones, without a reference; their README says where they are from. Both are smaller than the network's input. */
const real: { name: string; zoom: { x: number; y: number }; remark: string }[] = [
  {
    ...{ name: 'astronaut', zoom: { x: 0.34, y: 0.16 } },
    remark:
      "A portrait, public domain by NASA. `fast` is the network's matte, plainly enlarged. All four hold the hair. imgly's has a pale rim around it, plain to see on magenta, and a dark one around the white helmet, on white.",
  },
  {
    ...{ name: 'espresso', zoom: { x: 0.66, y: 0.24 } },
    remark:
      "A cup, CC0 by Rachel Michetti. All four are clean, the handle and the spoon included; imgly's keeps a breath of the table's red around the white rim.",
  },
];

export const realPhotos = (root: string): Photo[] =>
  real.map((photo) => ({ ...photo, file: path.join(root, 'tests/fixtures/photos', `${photo.name}.jpg`), truth: null }));

/** Scenes with exact mattes, drawn once and kept. */
export async function scenePhotos(folder: string): Promise<Photo[]> {
  const photos: Photo[] = [];
  for (const { kind, backdrop, zoom, remark } of scenes) {
    const name = `${kind}-${backdrop}`;
    const files = { photo: path.join(folder, `${name}.jpg`), alpha: path.join(folder, `${name}.alpha.png`) };
    if (!existsSync(files.photo))
      await writeScene({ kind, backdrop, width: SIDE, height: SIDE, seed: 11 }, folder, name);
    photos.push({ name, file: files.photo, truth: files.alpha, zoom, remark });
  }
  return photos;
}

/** Photos of the user's, each with the reference matte beside it. */
export function givenPhotos(files: readonly string[]): Photo[] {
  return files.map((given) => {
    const file = path.resolve(given);
    if (!existsSync(file)) throw new Error(`Expected a photo but there is no file ${given}.`);
    const { dir, name } = path.parse(file);
    const truth = path.join(dir, `${name}.truth.png`);
    return { name, file, truth: existsSync(truth) ? truth : null };
  });
}
