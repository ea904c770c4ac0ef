import { assess } from '../../imaging/confidence';
import type { Plane, Raster } from '../../imaging/raster';
import { formOf, type Verdict } from './forms/choose';
import type { Form } from './forms/form';
import { cells, distance, knownPicture } from './forms/known-picture';
import { probe } from './forms/probe';
import { type Graph, loadGraph, loadSmallGraph, sessionOptions } from './graph';
import type { ModelSource } from './model-source';
import { CutoutError } from '../../errors';
import type { ModelCard } from './card';
import { squeeze } from './preprocess';
import { runGraph } from './run';

export interface ModelRun {
  /** At the model's own resolution. */
  matte: Plane;
  /** Milliseconds spent loading; 0 when the model was warm. */
  sessionMs: number;
  /** Milliseconds of the bare `session.run`, of both where a second opinion was asked for. */
  runMs: number;
  /** Why a model with a recipe for 8 bits runs in full precision here; null when it does not. */
  remark: string | null;
}

/**
 * From this many pixels on, the model is let go before the picture is composed: its working memory of a gigabyte cannot
 * be given back otherwise (the runtime's arena only grows), and a picture of that size needs the room itself. Loading
 * it again costs half a second, a small part of what such a picture takes.
 */
const RELEASE_FROM_PIXELS = 40e6;

/** The one model this process holds: each takes 0.3 GB and more, so asking for another lets the first go. */
let loaded: { key: string; graph: Graph } | null = null;

async function letGo(): Promise<void> {
  const previous = loaded;
  loaded = null;
  await previous?.graph.session.release();
}

/** A failed load leaves nothing behind, so that the next call tries anew. */
async function graphOf(model: ModelSource, form: Form): Promise<Graph> {
  const key = JSON.stringify([form, model.weights, model.threads, model.executionProviders, model.card]);
  if (loaded?.key === key) return loaded.graph;
  await letGo();
  const graph = await (form === 'float' ? loadGraph(model) : loadSmallGraph(model, form));
  loaded = { key, graph };
  return graph;
}

/** What is tried once to find out in what form a model runs here. */
function verdictOn(model: ModelSource): Promise<Verdict> {
  return formOf(model, {
    async probe(form) {
      await letGo();
      return probe(form, sessionOptions(model));
    },
    async distance(form) {
      const { card } = model;
      const graph = await graphOf(model, form);
      const { matte } = await runGraph(graph, card, knownPicture(card.input.width, card.input.height));
      return distance(cells(matte), Buffer.from(card.recipe!.knownMatte, 'base64'));
    },
  });
}

interface Opinion {
  matte: Plane;
  /** See `ModelMatte`. */
  peak: number;
  sessionMs: number;
  runMs: number;
}

async function opinion(model: ModelSource, form: Form, rgb: Buffer): Promise<Opinion> {
  const start = performance.now();
  const graph = await graphOf(model, form);
  const sessionMs = performance.now() - start;
  const { matte, peak, runMs } = await runGraph(graph, model.card, rgb);
  return { matte, peak, sessionMs, runMs };
}

/** The surer one of an unsure 8-bit matte and the one in full precision; the latter model does not stay. */
async function withSecond(model: ModelSource, first: Opinion, rgb: Buffer): Promise<Opinion> {
  const sure = assess(first.matte).confidence;
  if (model.secondOpinionBelow === undefined || sure >= model.secondOpinionBelow) return first;
  const second = await opinion(model, 'float', rgb);
  await letGo();
  return {
    ...(assess(second.matte).confidence > sure ? second : first),
    sessionMs: first.sessionMs + second.sessionMs,
    runMs: first.runMs + second.runMs,
  };
}

function requireSubject(peak: number, { id, output: { leastPeak } }: ModelCard): void {
  if (leastPeak === null || peak >= leastPeak) return;
  throw new CutoutError(
    'matte.no-subject',
    `Model "${id}" found no subject: it is ${Math.round(100 * Math.max(0, peak))} % sure of what it is surest of, and the least is ${100 * leastPeak} %.`,
  );
}

async function run(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const start = performance.now();
  const { form, why } = await verdictOn(model);
  const judgedMs = performance.now() - start;
  const rgb = await squeeze(raster, model.card.input);
  try {
    const first = await opinion(model, form, rgb);
    if (model.noSubject === 'skip') requireSubject(first.peak, model.card);
    const { matte, sessionMs, runMs } = form === 'float' ? first : await withSecond(model, first, rgb);
    const remark = why && `Model "${model.card.id}" runs in full precision here: ${why}.`;
    return { matte, sessionMs: sessionMs + judgedMs, runMs, remark };
  } finally {
    if (raster.width * raster.height >= RELEASE_FROM_PIXELS) await letGo();
  }
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs the model on a picture. Runs take turns: a process has one set of cores and one loaded model.
 * Throws `model.missing`, `model.corrupt`, `model.incompatible` and `worker.failed`, and `matte.no-subject`
 * where the model asks to skip those.
 */
export function runModel(model: ModelSource, raster: Raster): Promise<ModelRun> {
  const result = turn.then(() => run(model, raster));
  turn = result.catch(() => undefined);
  return result;
}
