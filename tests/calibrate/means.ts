import type { ModelCard, Recipe } from '../../server/src/engines/local/card';
import type { FloatGraph } from '../../server/src/engines/local/onnx/float-graph';
import { codeOf, convolutionInputs } from '../../server/src/engines/local/quantize/means';
import { INPUT_GROUP, pointsOf } from '../../server/src/engines/local/quantize/points';
import { reachOf, scalesOf } from '../../server/src/engines/local/quantize/quantize';

function median(values: number[]): number {
  const sorted = values.sort((a, b) => a - b);
  return (sorted[(sorted.length - 1) >> 1]! + sorted[sorted.length >> 1]!) / 2;
}

/**
 * What the convolutions read on average as a recipe has it: of each channel the median of the pictures' means, so that one
 * that blows a channel up decides nothing.
 */
export function meansAsBytes(
  graph: FloatGraph,
  { input }: Pick<ModelCard, 'input'>,
  ranges: Recipe['ranges'],
  byPicture: readonly Float32Array[],
): string {
  const points = pointsOf(graph);
  const scales = scalesOf(points, { ranges, input });
  const reach = reachOf(points, scales);
  // The picture counts from its zero point.
  const zero = scales.get(INPUT_GROUP)!.zero / 255;
  const all = convolutionInputs(graph).flatMap(({ read, channels }) => Array.from({ length: channels }, () => read));
  const codes = all.map((read, at) =>
    codeOf(median(byPicture.map((means) => means[at]!)) - (read < 0 ? zero : 0), reach(read)),
  );
  return Buffer.from(Int8Array.from(codes).buffer).toString('base64');
}
