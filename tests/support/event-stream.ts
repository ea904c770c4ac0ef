import { once } from 'node:events';
import { get, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { JobView, ProgressView } from '../../server/src/api/content/contracts';
import { until } from './until';

export type StreamEvent =
  | { event: 'job'; data: JobView }
  | { event: 'progress'; data: ProgressView }
  | { event: 'missed'; data: Record<string, never> };

/** A client of `GET /api/cutout/events`, which reads as fast as it can. */
export interface EventStream {
  status: number;
  headers: IncomingHttpHeaders;
  events: StreamEvent[];
  /** Of these, how many had come when the last id came. */
  confirmed(): number;
  lastId(): string | null;
  /** All that was received. */
  text(): string;
  /** What a client of a single job heard of it. */
  statesOf(jobId: number): string[];
  /** Resolves when the server, or `abort`, has ended it. */
  ended: Promise<void>;
  abort(): void;
}

export interface OpenStreamOptions {
  bearer: string | null;
  /** With its question mark. */
  query?: string;
  lastEventId?: string | null;
}

/** Resolves when the client is in, and what it is told first is there; or with a refusal. */
export async function openEvents(url: string, options: OpenStreamOptions): Promise<EventStream> {
  const { bearer, query = '', lastEventId = null } = options;
  const sent = get(`${url}/api/cutout/events${query}`, {
    agent: false,
    headers: {
      'accept-encoding': 'gzip',
      ...(bearer === null ? {} : { authorization: `Bearer ${bearer}` }),
      ...(lastEventId === null ? {} : { 'last-event-id': lastEventId }),
    },
  });
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  sent.on('error', () => undefined);
  let text = '';
  let buffer = '';
  let id: string | null = null;
  let confirmed = 0;
  const events: StreamEvent[] = [];
  const take = (block: string) => {
    const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s) as [string, string]));
    const event = fields.get('event');
    if (event) events.push({ event, data: JSON.parse(fields.get('data')!) } as StreamEvent);
    if (fields.has('id')) {
      id = fields.get('id')!;
      confirmed = events.length;
    }
  };
  const read = async () => {
    for await (const part of response.setEncoding('utf8')) {
      text += String(part);
      const blocks = (buffer + String(part)).split('\n\n');
      buffer = blocks.pop()!;
      blocks.forEach(take);
    }
  };
  const ended = read().catch(() => undefined);
  if (response.statusCode === 200) await until('the client is in', () => id !== null);
  return {
    status: response.statusCode!,
    headers: response.headers,
    events,
    confirmed: () => confirmed,
    lastId: () => id,
    text: () => text,
    statesOf: (jobId) => events.flatMap((one) => (one.event === 'job' && one.data.id === jobId ? one.data.state : [])),
    ended,
    abort: () => void sent.destroy(),
  };
}
