import { mayBePicture } from '../assets/picture-type';
import type { BulkPlan, BulkRequest, Making } from '../bulk-words';
import { decide } from '../jobs/decide';
import { staleness } from '../jobs/stale';
import type { LatestJob } from '../jobs/store';
import type { Wants } from '../rules/wants';
import type { BulkFile } from './select';
import { isVariantKey } from '../assets/keys';

export type Verdict = keyof Omit<BulkPlan, 'matching' | 'sameBytes' | 'minutes' | 'credits'>;

export interface JudgeInputs {
  file: BulkFile;
  wants: Wants | null;
  latest: LatestJob | null;
  version: number;
  request: BulkRequest;
  presetHashes: Record<string, string>;
  making: Making;
  limits: { maxBytes: number; maxPixels: number };
}

export type Judgement =
  /** The file is not one that the filter is about. */
  | { match: false }
  | {
      match: true;
      verdict: Verdict;
      /** The planner would make a job; a guess keeps no file from being tried. */
      plan: boolean;
      /** Reason that is asked again. */
      cured: string | null;
    };

/** What earlier jobs found in the same bytes. */
const FOUND: Record<string, Verdict> = {
  'source.already-transparent': 'transparent',
  'source.too-large': 'tooLarge',
  'source.too-many-pixels': 'tooLarge',
  'source.empty': 'unreadable',
  'source.truncated': 'unreadable',
  'source.not-an-image': 'unreadable',
  'source.svg': 'unreadable',
  'source.animated': 'unreadable',
  'source.unsupported': 'unreadable',
};

/** What a run would do with one file, by rows alone: nothing is fetched or decoded. Pure. */
export function judge(inputs: JudgeInputs): Judgement {
  const { file, wants, latest, version, request, presetHashes, making, limits } = inputs;
  const { state } = request.filter;
  const stale = [...staleness({ formats: file.formats, wants, presetHashes, making, version, latest }).keys()];
  if (!matches(inputs, stale)) return { match: false };

  // Who names how a job ended, or was cancelled, asks for just these again.
  const asksAgain = latest !== null && (latest.state === 'cancelled' || latest.state === state);
  const cured = asksAgain ? latest.reasonCode : null;
  const verdictOf = (verdict: Verdict, plan = false): Judgement => ({ match: true, verdict, plan, cured });
  if (!wants) return verdictOf('unwanted');
  if (!mayBePicture(file)) return verdictOf('notPictures');
  const renewed = state === 'stale' ? stale : [];
  const decision = decide({
    wants,
    presetHashes,
    file,
    version,
    latest,
    force: false,
    cured: cured === null ? [] : [cured],
    stale: renewed,
  });
  if (decision.kind === 'nothing') {
    if (decision.reason === 'under-way') return verdictOf('underWay');
    if (decision.reason === 'up-to-date') return verdictOf('done');
    return verdictOf(FOUND[latest?.reasonCode ?? ''] ?? 'settled');
  }
  if (decision.kind === 'record') return verdictOf('settled');
  return verdictOf(guess(file, wants, limits), true);
}

/** By what Strapi wrote down when the file came; its bytes may say otherwise. */
function guess({ size, width, height, mime }: BulkFile, wants: Wants, limits: JudgeInputs['limits']): Verdict {
  const pixels = (width ?? 0) * (height ?? 0);
  const most = Math.min(limits.maxPixels, wants.maxPixels ?? Infinity);
  if (Number(size ?? 0) * 1000 > limits.maxBytes || pixels > most) return 'tooLarge';
  return mime === 'image/svg+xml' ? 'unreadable' : 'make';
}

function matches({ file, latest, request }: JudgeInputs, stale: string[]): boolean {
  const { state, reason } = request.filter;
  if (state === undefined) return true;
  if (state === 'stale') return stale.length > 0;
  if (state === 'missing') return !Object.keys(file.formats ?? {}).some(isVariantKey);
  return latest?.state === state && (reason === undefined || latest.reasonCode === reason);
}
