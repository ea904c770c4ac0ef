import type { BulkFilter, BulkPlan, BulkState, BulkView } from '../../../../server/src/api/contracts';
import type { Text } from '../../hooks/useText';
import type { Tone } from '../../panel/badges';
import { reasonText } from '../../panel/reasonText';
import type { TextKey } from '../../translations/words';
import { dayBefore } from '../forms/days';

type Counted = keyof Omit<BulkPlan, 'minutes' | 'credits' | 'matching'>;

const order: readonly Counted[] = [
  ...(['make', 'sameBytes', 'done', 'underWay', 'unwanted', 'transparent', 'tooLarge', 'unreadable'] as const),
  ...(['notPictures', 'settled'] as const),
];

/** What a dry run found, without what it found none of; what would be made is always told. */
export function reportRows(plan: BulkPlan): { key: Counted; label: TextKey; count: number }[] {
  return order
    .filter((key) => key === 'make' || plan[key] > 0)
    .map((key) => ({ key, label: `report.${key}`, count: plan[key] }));
}

export interface Progress {
  /** What was cancelled is not made, and so has not come to an end here. */
  ended: number;
  /** Jobs there will be, as far as that is known. */
  total: number;
  /** 0…1 */
  share: number;
}

export function progressOf({ state, jobs, plan }: Pick<BulkView, 'state' | 'jobs' | 'plan'>): Progress {
  const ended = jobs.done + jobs.skipped + jobs.failed + jobs.held;
  const planned = state === 'done' ? 0 : plan.make;
  const total = Math.max(planned, ended + jobs.queued + jobs.running + jobs.cancelled);
  return { ended, total, share: total === 0 ? (state === 'done' ? 1 : 0) : ended / total };
}

const tones: Record<BulkState, Tone> = {
  planned: 'neutral',
  running: 'primary',
  paused: 'warning',
  done: 'success',
  cancelled: 'neutral',
  stopped: 'danger',
};

/** A run that comes to an end says so. */
export function runBadge({ state, ending }: Pick<BulkView, 'state' | 'ending'>): { label: TextKey; tone: Tone } {
  return { label: ending === null ? `run.${state}` : 'run.ending', tone: tones[state] };
}

export type RunStep = 'start' | 'pause' | 'resume' | 'cancel';

/** What can be done with a run as it stands. */
export function stepsOf({ state, ending }: Pick<BulkView, 'state' | 'ending'>): RunStep[] {
  if (ending !== null) return [];
  if (state === 'planned') return ['start', 'cancel'];
  if (state === 'running') return ['pause', 'cancel'];
  return state === 'paused' ? ['resume', 'cancel'] : [];
}

/** The filter in the reader's words, one part after the other. `day`: a day as the reader's language writes it. */
export function filterWords(filter: BulkFilter, day: (iso: string) => string, text: Text): string[] {
  const { state, reason, folder, contentType, field, status, uploadedFrom, uploadedTo } = filter;
  return [
    ...(state ? [text(`run.state.${state}`)] : []),
    ...(reason ? [reasonText({ code: reason, message: reason }, text)] : []),
    ...(folder ? [folder] : []),
    ...(contentType ? [[contentType, field].filter(Boolean).join(' · ')] : []),
    ...(status ? [text(`run.status.${status}`)] : []),
    ...(uploadedFrom ? [text('filter.since', { day: day(uploadedFrom) })] : []),
    ...(uploadedTo ? [text('filter.until', { day: day(dayBefore(uploadedTo) ?? uploadedTo) })] : []),
  ];
}
