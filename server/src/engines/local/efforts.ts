import sharp from 'sharp';
import { mergeViews, type PlacedMatte } from '../../imaging/merge-views';
import type { Box } from '../../imaging/picture';
import type { Plane, Raster } from '../../imaging/raster';
import { subjectBox } from '../../imaging/subject-box';
import type { ModelSource } from './model-source';
import { type ModelRun, runModel } from './session';

/** Room left around the subject, as a share of its sides: a network wants to see what the subject stands before. */
const MARGIN = 0.1;
/** A crop that keeps more of the picture than this shows the network hardly anything new. */
const WORTH_CROPPING = 0.5;

/** The subject's box with its margin, in pixels of the picture; null when looking closer is of no use. */
function closeUp(matte: Plane, { width, height }: Raster): Box | null {
  const box = subjectBox(matte.data, matte);
  if (box === null) return null;
  const [x, y] = [width / matte.width, height / matte.height];
  const left = Math.max(0, Math.floor((box.left - MARGIN * box.width) * x));
  const top = Math.max(0, Math.floor((box.top - MARGIN * box.height) * y));
  const right = Math.min(width, Math.ceil((box.left + (1 + MARGIN) * box.width) * x));
  const bottom = Math.min(height, Math.ceil((box.top + (1 + MARGIN) * box.height) * y));
  const crop = { left, top, width: right - left, height: bottom - top };
  return crop.width * crop.height > WORTH_CROPPING * width * height ? null : crop;
}

/** A part of the picture, mirrored if asked, no larger than the model can see: a large picture is not copied as it is. */
async function view(raster: Raster, { card }: ModelSource, box: Box, mirrored: boolean): Promise<Raster> {
  const part = sharp(raster.rgb, { raw: { width: raster.width, height: raster.height, channels: 3 } }).extract(box);
  const { width, height } = card.input;
  if (box.width > width && box.height > height) part.resize(width, height, { fit: 'fill', kernel: 'lanczos3' });
  const { data, info } = await part.flop(mirrored).raw().toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, rgb: data, alpha: null };
}

function mirror({ width, height, data }: Plane): Plane {
  const mirrored = Buffer.allocUnsafe(data.length);
  for (let y = 0, i = 0; y < height; y++) for (let x = width - 1; x >= 0; x--) mirrored[y * width + x] = data[i++]!;
  return { width, height, data: mirrored };
}

/**
 * A matte with the effort asked for. `best` runs the model twice more, on the mirrored picture and on the subject's box,
 * and lets both say their part where the first run is undecided. Throws what `runModel` throws.
 */
export async function makeMatte(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const first = await runModel(model, raster);
  if (model.effort !== 'best') return first;
  const whole = { left: 0, top: 0, width: raster.width, height: raster.height };
  let { sessionMs, runMs } = first;
  // Whether there is a subject at all, and whether 8 bits are enough for it, the first run told.
  const { secondOpinionBelow: _asked, ...again } = model;
  const another: ModelSource = { ...again, noSubject: 'keep' };
  const look = async (box: Box, mirrored: boolean): Promise<PlacedMatte> => {
    const run = await runModel(another, await view(raster, model, box, mirrored));
    sessionMs += run.sessionMs;
    runMs += run.runMs;
    return { box, matte: mirrored ? mirror(run.matte) : run.matte };
  };
  const views = [await look(whole, true)];
  const box = closeUp(first.matte, raster);
  if (box) views.push(await look(box, false));
  return { matte: await mergeViews(first.matte, raster, views), sessionMs, runMs, remark: first.remark };
}
