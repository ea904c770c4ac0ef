import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { parseRecipe, type ModelCard, type Recipe } from '../../server/src/engines/local/card';
import { findCard } from '../../server/src/engines/local/cards';
import { DEFAULT_MODEL } from '../../server/src/engines/local/defaults';
import { cells, knownPicture } from '../../server/src/engines/local/forms/known-picture';
import { floatGraph, type FloatGraph } from '../../server/src/engines/local/onnx/float-graph';
import { readModel } from '../../server/src/engines/local/onnx/read';
import { resolveWeights } from '../../server/src/engines/local/weights';
import { packageRoot } from '../../server/src/package-root';
import { meansAsBytes } from './means';
import { createMatter, createProbe, createSmallMatter, type Probe } from './networks';
import { photosIn, squeezed, squeezedScenes, type Squeezed } from './pictures';
import { summary, type Rated, rated } from './quality';
import { rangeOf } from './ranges';

/**
 * `npm run calibrate -- PHOTOS…` makes the recipe of the 8-bit model anew from photos (files or folders) and generated
 * scenes, and prints how far its mattes are from those in full precision. `--keep PHOTOS` are rated and not learnt
 * from; `--rate` leaves the recipe as it is and only rates; `--card ID` is another card with a recipe.
 */

const say = (line: string): void => void process.stderr.write(`${line}\n`);

interface Task {
  card: ModelCard;
  graph: FloatGraph;
  /** Files to learn from, and files only to rate by. */
  learn: string[];
  keep: string[];
}

async function learn({ card, graph, learn: files }: Task): Promise<Recipe> {
  const probe = await createProbe(graph, card);
  const seen: Awaited<ReturnType<Probe['look']>>[] = [];
  for await (const { name, rgb } of pictures(card, files)) {
    say(`looking at ${name}`);
    seen.push(await probe.look(rgb));
  }
  await probe.end();
  const ranges = seen[0]!.histograms.map((_, at) => rangeOf(seen.map(({ histograms }) => histograms[at]!)));
  const means = meansAsBytes(
    graph,
    card,
    ranges,
    seen.map((picture) => picture.means),
  );
  const matter = await createMatter(graph, card);
  const known = await matter.matte(knownPicture(card.input.width, card.input.height));
  await matter.end();
  return { ranges, means, knownMatte: cells(known).toString('base64') };
}

async function* pictures(card: ModelCard, files: readonly string[]): AsyncGenerator<Squeezed> {
  yield* squeezed(files, card.input);
  yield* squeezedScenes(card.input);
}

async function rate({ card, graph, learn: files, keep }: Task, recipe: Recipe): Promise<Rated[]> {
  const [full, small] = await Promise.all([createMatter(graph, card), createSmallMatter(graph, card, recipe)]);
  const results: Rated[] = [];
  const add = async ({ name, rgb, other }: Squeezed, kept: boolean): Promise<void> => {
    const [truth, floor, matte] = [await full.matte(rgb), await full.matte(other), await small.matte(rgb)];
    results.push(rated(name, kept, { truth, floor, matte }));
    say(`rated ${name}`);
  };
  for await (const picture of pictures(card, files)) await add(picture, false);
  for await (const picture of squeezed(keep, card.input)) await add(picture, true);
  await Promise.all([full.end(), small.end()]);
  return results;
}

async function main(args: string[]): Promise<void> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      card: { type: 'string', default: DEFAULT_MODEL },
      keep: { type: 'string', multiple: true, default: [] },
      rate: { type: 'boolean', default: false },
    },
  });
  const card = findCard(values.card);
  const file = path.join(packageRoot(), 'models', `${recipeName(values.card)}.recipe.json`);
  const cacheDir = path.join(packageRoot(), '.cutout', 'models');
  const weights = await resolveWeights(card, { modelsDir: null, cacheDir });
  const graph = floatGraph(readModel(readFileSync(weights)), card.output.name);
  const task = { card, graph, learn: photosIn(positionals), keep: photosIn(values.keep) };
  const recipe = values.rate ? card.recipe : await learn(task);
  if (!recipe) throw new Error(`Expected a card with a recipe for --card, received "${values.card}".`);
  if (!values.rate) writeFileSync(file, written(recipe));
  console.log(summary(await rate(task, parseRecipe(recipe).data!)));
  if (!values.rate) console.log(`Written: ${path.relative(process.cwd(), file)}`);
}

/** As the card names it; the card is read with its recipe put in. */
function recipeName(id: string): string {
  const json = readFileSync(path.join(packageRoot(), 'models', `${id}.json`), 'utf8');
  return String((JSON.parse(json) as { recipe?: string }).recipe);
}

/** One pair a line, as prettier leaves it. */
function written({ ranges, ...others }: Recipe): string {
  const pairs = ranges.map((pair) => `    [${pair.join(', ')}]`).join(',\n');
  const rest = Object.entries(others).map(([key, value]) => `,\n  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n  "ranges": [\n${pairs}\n  ]${rest.join('')}\n}\n`;
}

main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
