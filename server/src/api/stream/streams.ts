import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { openStream, type Stream, type StreamOptions } from './stream';

/** The streams that this process has open; each holds a connection, so there is a limit to them. */
export interface Streams {
  /**
   * @param caller who asks: a token, a user, or an address
   * @throws CutoutError `stream.too-many` for this caller, `stream.full` for all
   */
  open(ctx: Context, caller: string, options: StreamOptions): Stream;
  count(): number;
  /** Ends all of them, and opens no more. */
  close(): void;
}

const known = new WeakMap<Core.Strapi, Streams>();

export function streamsOf(strapi: Core.Strapi): Streams {
  const streams = known.get(strapi) ?? createStreams(getApp(strapi).config.streams);
  known.set(strapi, streams);
  return streams;
}

/** When the app ends, which clients would keep from ending. */
export function closeStreams(strapi: Core.Strapi): void {
  known.get(strapi)?.close();
}

function createStreams(most: { connections: number; perCaller: number }): Streams {
  const callers = new Map<string, Set<Stream>>();
  const all = () => [...callers.values()].flatMap((streams) => [...streams]);
  let closed = false;
  return {
    open(ctx, caller, { beat, onClose }) {
      const own = callers.get(caller) ?? new Set();
      if (closed || all().length >= most.connections) {
        throw new CutoutError('stream.full', 'All streams of this server are taken; come back later.');
      }
      if (own.size >= most.perCaller) {
        throw new CutoutError('stream.too-many', `Expected at most ${most.perCaller} streams at once of one caller.`);
      }
      const stream = openStream(ctx, {
        beat,
        onClose: () => {
          own.delete(stream);
          if (own.size === 0 && callers.get(caller) === own) callers.delete(caller);
          onClose();
        },
      });
      callers.set(caller, own.add(stream));
      return stream;
    },
    count: () => all().length,
    close() {
      closed = true;
      for (const stream of all()) stream.end();
    },
  };
}
