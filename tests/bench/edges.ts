import { decontaminate } from '../../server/src/imaging/decontaminate';
import { lift } from '../../server/src/imaging/lift';
import { bandError, compositeError, modelLike } from '../fixtures/measure';
import { makeScene, type BackdropName, type SceneKind } from '../fixtures/scene';
import { round, type Measurement, type Setting } from './setting';

const MODEL_SIDE = 1024;
const scenes: [SceneKind, BackdropName][] = [
  ['hair', 'garden'],
  ['hair', 'studio'],
  ['plush', 'fabric'],
  ['blur', 'bricks'],
  ['holes', 'garden'],
  ['glass', 'planks'],
  ['wires', 'garden'],
  ['shadow', 'bricks'],
  ['plant', 'planks'],
  ['chair', 'garden'],
];

interface EdgeFigures {
  /** Share of the error of plain interpolation that refine leaves: the exact matte at the model's size, and a blurred one. */
  refine: number;
  refineBlurred: number;
  /** Share of the naive cutout's colour error on a new background that decontaminate leaves, with the exact matte. */
  decontaminate: number;
}

async function measureScene(kind: SceneKind, backdrop: BackdropName): Promise<EdgeFigures> {
  const scene = await makeScene({ kind, backdrop, width: 4000, height: 3000, seed: 11 });
  const refineLeaves = async (soft: boolean): Promise<number> => {
    const matte = await modelLike(scene.alpha, MODEL_SIDE, soft);
    const refined = bandError(await lift(matte, scene.photo, { refine: true }), scene.alpha);
    return refined / bandError(await lift(matte, scene.photo, { refine: false }), scene.alpha);
  };
  const clean = decontaminate(scene.photo, scene.alpha);
  return {
    refine: await refineLeaves(false),
    refineBlurred: await refineLeaves(true),
    decontaminate: compositeError(scene, clean) / compositeError(scene, scene.photo.rgb),
  };
}

/** Figure 5: what refine and decontaminate leave of the error in the soft band of 12 MP scenes, mean over the scenes. */
export async function measureEdges(setting: Setting): Promise<Measurement> {
  const figures: Record<string, EdgeFigures> = {};
  for (const [kind, backdrop] of setting.quick ? scenes.slice(0, 3) : scenes) {
    setting.say(`5: ${kind} on ${backdrop}`);
    figures[`${kind} on ${backdrop}`] = await measureScene(kind, backdrop);
  }
  const lowered = (key: keyof EdgeFigures): number => {
    const left = Object.values(figures).map((scene) => scene[key]);
    return 1 - left.reduce((sum, value) => sum + value, 0) / left.length;
  };
  const mean = {
    refine: round(lowered('refine'), 3),
    refineBlurred: round(lowered('refineBlurred'), 3),
    decontaminate: round(lowered('decontaminate'), 3),
  };
  const percent = (value: number): string => `${round(100 * value)} % lower`;
  return {
    title: 'Edges of generated 12 MP scenes, error in the soft band',
    holds: mean.refine >= 0.25 && mean.decontaminate >= 0.5,
    figures: { lowered: mean, left: figures },
    rows: [
      ['refine, exact matte at 1024²', percent(mean.refine), '≥ 25 %'],
      ['refine, matte blurred as a network does', percent(mean.refineBlurred), ''],
      ['decontaminate, on a new background', percent(mean.decontaminate), '≥ 50 %'],
    ],
  };
}
