import { stat } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import type { ModelSource } from '../../engines/local/model-source';
import { peakBytes, residentBytes } from '../../metrics/work';
import { bytes, type Check, type Finding, finding, LIMIT_MS, well } from '../check';
import { containerMemory } from '../container-memory';

/**
 * What a child holds at most, by measurements of ISNet in 8 bits and in single precision and of a photo of 12 megapixels
 * (tests/bench/RESULTS.md, figures 4 and 7). Other models are larger by their weights and their input.
 */
const PICTURE = 0.3e9;
const RUN = { small: { weights: 0.5, pixel: 170 }, full: { weights: 2, pixel: 550 } };
/** Of a model that is not here yet. */
const UNKNOWN = 1.1e9;

export interface MemoryFigures {
  process: number;
  children: number;
  /** The most that one of the children that live now has held; 0 where none lives or the system does not tell. */
  peak: number;
  /** Of this container or machine, still free. */
  free: number;
  /** That this machine has. */
  total: number;
  /** That this container may hold; null without a limit. */
  container: number | null;
  /** Children at most. */
  workers: number;
  /** What one of them may hold, by its model's card. */
  estimate: number;
}

export const memory: Check = {
  id: 'memory',
  limitMs: LIMIT_MS,
  async look({ app: { pool, config }, model }) {
    const pids = pool.pids();
    const sizes = await Promise.all(pids.map(residentBytes));
    const peaks = await Promise.all(pids.map(peakBytes));
    const container = await containerMemory(totalmem());
    const source = await model().catch(() => null);
    return judgeMemory({
      process: process.memoryUsage.rss(),
      children: sizes.reduce((sum, size) => sum + size, 0),
      peak: Math.max(0, ...peaks),
      free: container ? Math.min(freemem(), Math.max(0, container.limit - container.used)) : freemem(),
      total: totalmem(),
      container: container?.limit ?? null,
      workers: config.local.workers,
      estimate: source ? estimateOf(source, (await stat(source.weights)).size) : UNKNOWN,
    });
  },
};

/** What a child may hold with this model, whose file has so many bytes. */
export function estimateOf({ card, effort }: Pick<ModelSource, 'card' | 'effort'>, size: number): number {
  const { weights, pixel } = card.recipe && effort !== 'best' ? RUN.small : RUN.full;
  return PICTURE + weights * size + pixel * card.input.width * card.input.height;
}

/** Children that live hold a part of what they need already. What one was seen to hold counts, if it is more than the card tells. */
export function judgeMemory(figures: MemoryFigures): Finding {
  const { process: own, children, peak, free, total, container, workers, estimate } = figures;
  const need = workers * Math.max(peak, estimate);
  const facts = [
    bytes('process', own),
    bytes('children', children),
    bytes('peak', peak === 0 ? null : peak),
    bytes('free', free),
    bytes('total', total),
    ...(container === null ? [] : [bytes('container', container)]),
    bytes('need', need),
  ];
  return free + children < need ? finding('warning', 'memory.short', facts) : well(facts);
}
