import { createHash } from 'node:crypto';
import { promises as fs, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from 'onnxruntime-node';
import { z } from 'zod';
import type { ModelSource } from '../model-source';
import { keyOf } from './derive';
import type { Form, SmallForm } from './form';
import type { Measured } from './probe';

/** In what form a model runs on this machine, and why not in 8 bits where it does not. */
export interface Verdict {
  form: Form;
  why: string | null;
}

const verdictSchema = z.object({ form: z.enum(['int8', 'paired', 'float']), why: z.string().nullable() });

/** Less is not worth the difference. */
const LEAST_RATIO = 1.1;
/** Mean distance to the known matte, 0…1; rounding to 8 bits makes 0.002, a broken kernel 0.05 and more. */
const FARTHEST = 0.02;

export interface Trials {
  probe(form: SmallForm): Promise<Measured>;
  /** Distance of what this form makes of the known picture to what is known of it. */
  distance(form: SmallForm): Promise<number>;
}

/** The first form whose arithmetic is right here, if it is faster and makes the known matte. */
export async function judge({ probe, distance }: Trials): Promise<Verdict> {
  for (const form of ['int8', 'paired'] as const) {
    const { exact, ratio } = await probe(form);
    if (!exact) continue;
    if (ratio < LEAST_RATIO) return float(`8 bits are no faster on this processor (× ${ratio.toFixed(2)})`);
    const found = await distance(form);
    if (found <= FARTHEST) return { form, why: null };
    return float(`its 8-bit matte of a known picture is ${found.toFixed(3)} away from what it has to be`);
  }
  return float('the 8-bit sums of this processor are not exact');
}

const float = (why: string): Verdict => ({ form: 'float', why });

const judged = new Map<string, Promise<Verdict>>();

/** Where a verdict on this model is kept; null where it is kept nowhere. */
const fileOf = (model: ModelSource): string | null =>
  model.cacheDir === undefined ? null : path.join(model.cacheDir, 'derived', nameOf(model));

const nameOf = (model: ModelSource): string => `${model.card.id}-${keyOf(model)}-${machine()}.json`;

/** The form without a trial, where the model or its providers leave no choice. */
function decided({ card, executionProviders }: ModelSource): Verdict | null {
  if (!card.recipe) return { form: 'float', why: null };
  const others = executionProviders.some((name) => name !== 'cpu');
  return others ? float('8 bits are for the execution provider "cpu"') : null;
}

/** What was found of this model before, without a trial; null when nobody has tried it yet. */
export async function knownForm(model: ModelSource): Promise<Verdict | null> {
  const file = fileOf(model);
  return decided(model) ?? (file === null ? null : await read(file));
}

/** Judges once for each machine, weights, recipe and version of the runtime; the verdict is kept beside the weights. */
export function formOf(model: ModelSource, trials: Trials): Promise<Verdict> {
  const settled = decided(model);
  if (settled) return Promise.resolve(settled);
  const file = fileOf(model);
  const name = file ?? nameOf(model);
  const known = judged.get(name);
  if (known) return known;
  const verdict = (async () => (file === null ? null : await read(file)) ?? (await judgeAndKeep(file, trials)))();
  judged.set(name, verdict);
  // A failed try is forgotten, so that the next one can work.
  verdict.catch(() => judged.delete(name));
  return verdict;
}

async function judgeAndKeep(file: string | null, trials: Trials): Promise<Verdict> {
  const verdict = await judge(trials);
  if (file !== null) await keep(file, verdict);
  return verdict;
}

async function read(file: string): Promise<Verdict | null> {
  try {
    return verdictSchema.parse(JSON.parse(await fs.readFile(file, 'utf8')));
  } catch {
    return null;
  }
}

/** It only saves time: where it cannot be written, the next process judges anew. */
async function keep(file: string, verdict: Verdict): Promise<void> {
  const temporary = `${file}.${process.pid}.tmp`;
  try {
    await fs.mkdir(path.dirname(file), { recursive: true });
    await fs.writeFile(temporary, JSON.stringify(verdict));
    await fs.rename(temporary, file);
  } catch {
    await fs.rm(temporary, { force: true }).catch(() => undefined);
  }
}

/** Names what the arithmetic depends on. */
function machine(): string {
  const facts = [process.platform, process.arch, os.cpus()[0]?.model, features(), env.versions.node];
  return createHash('sha256').update(JSON.stringify(facts)).digest('hex').slice(0, 16);
}

/** A virtual machine may hide what its processor can do, under the same name. */
function features(): string {
  try {
    return /^(?:flags|Features)\s*:.*$/m.exec(readFileSync('/proc/cpuinfo', 'utf8'))?.[0] ?? '';
  } catch {
    return '';
  }
}
