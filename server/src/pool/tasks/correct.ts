import { CutoutError } from '../../errors';
import { patchedMatte, readMatte, writeMatte } from '../../imaging/matte';
import { resamplePlane, sameSize } from '../../imaging/resample';
import { inspectSource } from '../../imaging/source';
import type { Plane } from '../../imaging/raster';
import type { CorrectResult, CorrectTask } from '../contract';

/** Sides may be rounded when a picture is made smaller. */
const OFF_BY = 1;

/**
 * Makes a matte of a picture that a person sent: grey, of the asset's size or smaller in the same proportions; the whole
 * matte, or what is changed of the one under it. Throws `source.*`, and `options.invalid` where its sides do not fit.
 */
export async function correct({ source, limits, width, height, under, output }: CorrectTask): Promise<CorrectResult> {
  const facts = await inspectSource(source, limits);
  if (!fits(facts, { width, height })) {
    throw new CutoutError(
      'options.invalid',
      `Expected a matte of ${width} × ${height} pixels or its proportions, received ${facts.width} × ${facts.height}.`,
    );
  }
  const matte = under === null ? await wholeMatte(source, { width, height }) : await patchedMatte(under, source);
  const bytes = await writeMatte(matte, output);
  return { path: output, ext: '.png', mime: 'image/png', width, height, bytes };
}

async function wholeMatte(source: string, size: Size): Promise<Plane> {
  const sent = await readMatte(source);
  return sameSize(sent, size) ? sent : resamplePlane(sent, size);
}

interface Size {
  width: number;
  height: number;
}

function fits(sent: Size, wanted: Size): boolean {
  const scale = sent.width / wanted.width;
  return scale <= 1 && Math.abs(sent.height - wanted.height * scale) <= OFF_BY;
}
