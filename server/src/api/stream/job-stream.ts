import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { messageOf } from '../../errors';
import type { JobListener } from '../../jobs/changes';
import type { JobChange } from '../../jobs/told';
import type { JobView, ProgressView } from '../content/contracts';
import { viewJob } from '../content/views';
import { streamsOf } from './streams';

export interface JobStreamRequest {
  /** All when null. */
  fileIds: readonly number[] | null;
  states: readonly string[] | null;
  /** Moment of the last event that the client has. */
  since: number | null;
  caller: string;
  /** Whether the caller may still be told; asked again with each heartbeat. */
  stillMay: () => Promise<boolean>;
}

/**
 * Answers a request with what becomes of jobs. Ids are moments of looks: an event that bears one says that all before it
 * were told, on whichever node, so the client comes back with it.
 * @throws CutoutError `stream.too-many`, `stream.full`
 */
export async function streamJobs(strapi: Core.Strapi, ctx: Context, request: JobStreamRequest): Promise<void> {
  const { fileIds, states, since, caller, stillMay } = request;
  const wants = (job: JobView) =>
    (!fileIds || fileIds.includes(job.fileId)) && (!states || states.includes(stateOf(job)));
  const textOf = (changes: readonly JobChange[]) =>
    changes.map((change) => (wants(viewOf(change)) ? frameOf(change) : '')).join('');
  let position = since;
  let said = false;
  let gone = false;
  let leave: () => void = () => undefined;

  const stream = streamsOf(strapi).open(ctx, caller, {
    beat: async () => ((await stillMay()) ? `: beat\n${idLine(position)}\n` : null),
    onClose: () => {
      gone = true;
      leave();
    },
  });
  const listener: JobListener = {
    changed(changes) {
      const text = textOf(changes);
      if (text === '') return;
      stream.send(text);
      said = true;
    },
    looked(at) {
      position = at;
      if (said) stream.send(`${idLine(at)}\n`);
      said = false;
    },
  };
  try {
    const followed = await getApp(strapi).changes.follow(listener, { since, fileIds });
    leave = followed.leave;
    if (gone) return leave();
    const first = followed.first?.map((row) => ({ kind: 'job' as const, row }));
    stream.send(first ? textOf(first) : 'event: missed\ndata: {}\n\n');
    // With an id in any case: whoever is cut off before the first event is told what it missed.
    said = true;
    listener.looked(followed.at);
  } catch (error) {
    strapi.log.warn(`[cutout] changes of jobs cannot be told: ${messageOf(error)}`);
    stream.end();
  }
}

const idLine = (moment: number | null): string => (moment === null ? '' : `id: ${moment}\n`);

/** As it is told: a queued one with a reason waits for that to pass. */
const stateOf = ({ state, reason }: JobView): string => (state === 'queued' && reason !== null ? 'waiting' : state);

/** One change goes to many clients. */
const views = new WeakMap<JobChange, JobView>();
const frames = new WeakMap<JobChange, string>();

function viewOf(change: JobChange): JobView {
  const view = views.get(change) ?? viewJob(change.row);
  views.set(change, view);
  return view;
}

function frameOf(change: JobChange): string {
  const known = frames.get(change);
  if (known !== undefined) return known;
  const { kind } = change;
  const view = viewOf(change);
  const { id, fileId, progress } = view;
  const data: JobView | ProgressView = kind === 'job' ? view : { id, fileId, progress: progress ?? 0 };
  const frame = `event: ${kind}\ndata: ${JSON.stringify(data)}\n\n`;
  frames.set(change, frame);
  return frame;
}
