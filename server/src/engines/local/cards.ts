import { readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import type { z } from 'zod';
import { CutoutError, messageOf } from '../../errors';
import { faultWords } from '../../file-fault';
import { packageRoot } from '../../package-root';
import { modelCardSchema, type ModelCard, parseRecipe, type Recipe } from './card';

/** The cards that come with the package; they cannot change while it runs. */
let shipped: ModelCard[] | undefined;

/**
 * Every model card, sorted by id: those of the package, and `*.json` in the configured models folder, where one with a
 * known id takes the shipped card's place. A folder that does not exist holds no cards.
 *
 * @throws CutoutError `config.invalid` naming the file and what is wrong with it.
 */
export function listCards(modelsDir: string | null = null): ModelCard[] {
  shipped ??= readCards(path.join(packageRoot(), 'models'));
  const byId = new Map(shipped.map((card) => [card.id, card]));
  if (modelsDir !== null) for (const card of readCards(modelsDir)) byId.set(card.id, card);
  return [...byId.values()].sort((a, b) => a.id.localeCompare(b.id));
}

/** @throws CutoutError `model.unknown` naming the known ids. */
export function findCard(id: string, modelsDir: string | null = null): ModelCard {
  const cards = listCards(modelsDir);
  const card = cards.find((candidate) => candidate.id === id);
  if (card) return card;
  const known = cards.map((candidate) => candidate.id).join(', ');
  throw new CutoutError('model.unknown', `Expected one of ${known} for local.model but received "${id}".`);
}

/** @throws CutoutError `config.invalid` naming the file and what is wrong with it. */
export function parseCard(json: string, file: string): ModelCard {
  const { recipe, ...card } = parsed(json, file, (value) => modelCardSchema.safeParse(value));
  const { weights } = card;
  if (path.basename(weights.file) !== weights.file)
    throw invalidCard(file, `weights.file: expected a file name without folders but received "${weights.file}"`);
  // Whatever comes over a wire is checked before it runs; a file that its owner put there may do without.
  if (weights.sources.length > 0 && !weights.sha256 && !weights.md5)
    throw invalidCard(file, 'weights: expected sha256 or md5 beside sources');
  // In 8 bits the picture goes in as it is.
  if (recipe !== undefined && card.input.scale === 'max')
    throw invalidCard(file, 'recipe: expected input.scale "255" beside it');
  return recipe === undefined ? card : { ...card, recipe: readRecipe(path.join(path.dirname(file), recipe)) };
}

const RECIPE = '.recipe.json';
const NO_CARDS = ['.schema.json', RECIPE];

function readRecipe(name: string): Recipe {
  const file = `${name}${RECIPE}`;
  let json: string;
  try {
    json = readFileSync(file, 'utf8');
  } catch (error) {
    throw invalidCard(file, messageOf(error), error);
  }
  return parsed(json, file, (value) => parseRecipe(value));
}

function parsed<T>(json: string, file: string, check: (value: unknown) => z.ZodSafeParseResult<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (error) {
    throw invalidCard(file, messageOf(error), error);
  }
  const result = check(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map((issue) => `${issue.path.join('.') || 'card'}: ${issue.message}`);
  throw invalidCard(file, faults.join('; '), result.error);
}

function readCards(folder: string): ModelCard[] {
  let names: string[];
  try {
    names = readdirSync(folder).filter((name) => name.endsWith('.json') && !NO_CARDS.some((end) => name.endsWith(end)));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw new CutoutError(
      'config.invalid',
      `The models folder ${folder} cannot be read: ${faultWords(error)}. Let local.modelsDir name a folder that can.`,
      {
        cause: error,
      },
    );
  }
  return names.map((name) => {
    const file = path.join(folder, name);
    return parseCard(readCard(file), file);
  });
}

function readCard(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    throw invalidCard(file, faultWords(error), error);
  }
}

function invalidCard(file: string, fault: string, cause?: unknown): CutoutError {
  return new CutoutError('config.invalid', `The model card ${file} is invalid: ${fault}.`, { cause });
}
