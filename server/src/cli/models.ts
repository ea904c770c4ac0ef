import type { ModelCard } from '../engines/local/card';
import { listCards } from '../engines/local/cards';
import { DEFAULT_MODEL } from '../engines/local/defaults';
import { isPackaged, locateWeights, pullWeights, type ResolveOptions, verifyPlace } from '../engines/local/weights';
import { CutoutError } from '../errors';
import { createProgress } from './progress';
import { cardOf } from './settings';
import { exitCodes } from './usage-error';
import { inWordsOfFlags } from './words-of-flags';

interface ModelsSettings {
  weights: ResolveOptions;
  json: boolean;
  signal: AbortSignal;
}

interface Row {
  id: string;
  title: string;
  description: string;
  license: ModelCard['license'];
  bytes: number | null;
  input: string;
  /** Whether the weights are here; `packaged` ones are put together from an installed npm package when first needed. */
  state: 'configured' | 'cached' | 'packaged' | 'missing';
  /** Where they are, or would be cached. */
  path: string;
  default: boolean;
}

/** `cutout models list`: every card, what it may be used for, and whether its weights are here. */
export async function listModels({ weights, json }: ModelsSettings): Promise<number> {
  const rows: Row[] = [];
  for (const card of listCards(weights.modelsDir)) rows.push(await describe(card, weights));
  if (json) process.stdout.write(`${JSON.stringify(rows)}\n`);
  else process.stdout.write(table(rows));
  return exitCodes.ok;
}

async function describe(card: ModelCard, weights: ResolveOptions): Promise<Row> {
  const { id, title, description, license, input } = card;
  const place = await locateWeights(card, weights);
  return {
    id,
    title,
    description,
    license,
    bytes: card.weights.bytes ?? null,
    input: `${input.width}×${input.height}`,
    state: place.kind === 'missing' && isPackaged(card, weights) ? 'packaged' : place.kind,
    path: place.path,
    default: id === DEFAULT_MODEL,
  };
}

function table(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.default ? `${row.id} (default)` : row.id,
    row.bytes === null ? '' : `${(row.bytes / 1e6).toFixed(1)} MB`,
    row.input,
    row.license.commercial ? row.license.id : `${row.license.id} (non-commercial)`,
    row.state,
    row.title,
  ]);
  const all = [['model', 'size', 'input', 'licence', 'weights', 'title'], ...cells];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((line) => line[column]!.length)));
  const lines = all.map((line) =>
    line
      .map((cell, column) => cell.padEnd(widths[column]!))
      .join('  ')
      .trimEnd(),
  );
  return `${lines.join('\n')}\n`;
}

/** `cutout models pull`: makes the weights be there and whole, and prints where; a corrupt cached file is replaced. */
export async function pullModels(ids: string[], settings: ModelsSettings): Promise<number> {
  const { weights, signal } = settings;
  const cards = (ids.length > 0 ? ids : [DEFAULT_MODEL]).map((id) => cardOf(id, weights));
  return forEach(cards, settings, async (card, progress) => {
    const path = await pullWeights(card, { ...weights, signal, onProgress: (step) => progress.weights(card.id, step) });
    return { id: card.id, path, note: '' };
  });
}

/** `cutout models verify`: hashes the weights that are here, or those named. */
export async function verifyModels(ids: string[], settings: ModelsSettings): Promise<number> {
  const { weights, signal } = settings;
  const cards = ids.length > 0 ? ids.map((id) => cardOf(id, weights)) : await present(weights);
  if (cards.length === 0) {
    if (settings.json) process.stdout.write('[]\n');
    throw new CutoutError('model.missing', 'No weights are here to verify: run "cutout models pull" first.');
  }
  return forEach(cards, settings, async (card, progress) => {
    const place = await locateWeights(card, weights);
    if (place.kind === 'missing') throw notHere(card, place.path);
    await verifyPlace(card, place, { ...weights, signal, onProgress: (step) => progress.weights(card.id, step) });
    const checksum = card.weights.sha256 ?? card.weights.md5;
    return { id: card.id, path: place.path, note: checksum ? ': whole' : ': no checksum in its card' };
  });
}

/** `cutout models path`: where the weights are; where they would be is printed too, with exit code 1. */
export async function printPath(id: string | undefined, { weights, json }: ModelsSettings): Promise<number> {
  const card = cardOf(id ?? DEFAULT_MODEL, weights);
  const place = await locateWeights(card, weights);
  const here = place.kind !== 'missing';
  process.stdout.write(
    json ? `${JSON.stringify({ id: card.id, state: place.kind, path: place.path })}\n` : `${place.path}\n`,
  );
  if (!here && !json) process.stderr.write(`cutout: ${notHere(card, place.path).message}\n`);
  return here ? exitCodes.ok : exitCodes.failed;
}

async function present(weights: ResolveOptions): Promise<ModelCard[]> {
  const cards: ModelCard[] = [];
  for (const card of listCards(weights.modelsDir)) {
    if ((await locateWeights(card, weights)).kind !== 'missing') cards.push(card);
  }
  return cards;
}

function notHere(card: ModelCard, path: string): CutoutError {
  return new CutoutError(
    'model.missing',
    `The weights of model "${card.id}" are not at ${path} yet. Run "cutout models pull ${card.id}".`,
  );
}

type Done = { id: string; path: string; note: string };
type Failed = { id: string; error: ReturnType<CutoutError['toJSON']> };

/** One after the other; a model that fails is reported and the others go on. */
async function forEach(
  cards: readonly ModelCard[],
  { json, signal }: ModelsSettings,
  work: (card: ModelCard, progress: ReturnType<typeof createProgress>) => Promise<Done>,
): Promise<number> {
  const progress = createProgress(!json);
  const results: (Done | Failed)[] = [];
  try {
    for (const card of cards) {
      try {
        results.push(await work(card, progress));
      } catch (error) {
        if (signal.aborted) return exitCodes.interrupted;
        if (!(error instanceof CutoutError)) throw error;
        const named = inWordsOfFlags(error);
        results.push({ id: card.id, error: named.toJSON() });
        if (!json) progress.line(`cutout: ${card.id}: ${named.message}`);
      }
    }
  } finally {
    progress.stop();
  }
  if (json) process.stdout.write(`${JSON.stringify(results)}\n`);
  else for (const result of results) if ('path' in result) process.stdout.write(`${result.path}${result.note}\n`);
  return results.some((result) => 'error' in result) ? exitCodes.failed : exitCodes.ok;
}
