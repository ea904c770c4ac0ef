import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import { createNap } from '../nap';
import type { EventRow } from '../tables/events';
import { createPending, LONGEST_PAUSE_MS, type Pending } from './pending';
import { createReceivers, HUB, type Receivers } from './receivers';

/**
 * Tells receivers of what was written down, at least once each: a row goes when its receiver took it. One process does
 * this at a time. A receiver that is slow or fails keeps only its own places.
 */
export interface Delivery {
  /** Whether anything is written down, due or not. */
  any(): Promise<boolean>;
  /** Delivers what is due, and what becomes due meanwhile; resolves when nothing is left that is due. */
  run(signal: AbortSignal): Promise<void>;
  /** There may be something to deliver. */
  wake(): void;
}

export interface DeliveryOptions {
  strapi: Core.Strapi;
  now: () => number;
  /** First pause before another try. */
  retryDelayMs?: number;
  pending?: Pending;
  receivers?: Receivers;
}

/** Deliveries to one receiver at the same time. */
const AT_ONCE = 4;
/** Tries of one event for one receiver. The pauses between them grow from 10 s to 2 h and add up to 3.5 h. */
export const MOST_TRIES = 8;
const RETRY_DELAY_MS = 10_000;
const GROWTH = 3;
/** How often it looks for further events while some are on their way. */
const LOOK_MS = 500;

export function createDelivery({ strapi, now, retryDelayMs = RETRY_DELAY_MS, ...parts }: DeliveryOptions): Delivery {
  const pending = parts.pending ?? createPending(strapi, now);
  const receivers = parts.receivers ?? createReceivers(strapi);
  const nap = createNap();
  const inHand = new Map<number, { target: string; work: Promise<void> }>();

  const giveUp = async (row: EventRow, target: string, problem: string): Promise<void> => {
    const receiver = target === HUB ? 'a subscriber of the event hub' : `webhook ${target}`;
    strapi.log.error(
      `[cutout] ${row.event} ${String(row.payload.id)} is dropped: ${receiver} did not take it in ${MOST_TRIES} tries (${problem}).`,
    );
    await pending.drop(row.id);
  };

  const deliver = async (row: EventRow, target: string): Promise<void> => {
    const problem = await receivers.tell(target, row);
    if (problem === null) return pending.drop(row.id);
    if (row.tries + 1 >= MOST_TRIES) return giveUp(row, target, problem);
    strapi.log.debug(`[cutout] ${row.event} ${String(row.payload.id)} is told again later: ${problem}`);
    await pending.defer(row, Math.min(LONGEST_PAUSE_MS, retryDelayMs * GROWTH ** row.tries));
  };

  const begin = (row: EventRow, target: string): void => {
    const work = deliver(row, target)
      .catch((error: unknown) => {
        strapi.log.warn(`[cutout] ${row.event} is not delivered yet: ${messageOf(error)}`);
      })
      .finally(() => {
        inHand.delete(row.id);
        nap.wake();
      });
    inHand.set(row.id, { target, work });
  };

  /** @returns whether anything was there to be done */
  const take = async (): Promise<boolean> => {
    let any = await pending.spread((event) => receivers.of(event));
    for (const target of await pending.targets()) {
      const busy = [...inHand.values()].filter((each) => each.target === target).length;
      if (busy >= AT_ONCE) continue;
      // What is in hand is still there, and due.
      const due = await pending.due(target, busy + AT_ONCE);
      for (const row of due.filter(({ id }) => !inHand.has(id)).slice(0, AT_ONCE - busy)) {
        begin(row, target);
        any = true;
      }
    }
    return any;
  };

  return {
    any: pending.any,
    wake: nap.wake,
    async run(signal) {
      const stop = () => nap.wake();
      signal.addEventListener('abort', stop, { once: true });
      try {
        while (!signal.aborted && ((await take()) || inHand.size > 0)) {
          if (inHand.size > 0) await nap.take(LOOK_MS);
        }
      } finally {
        signal.removeEventListener('abort', stop);
        // Each ends by its own limit; what is not told by then is told by the next.
        await Promise.all([...inHand.values()].map(({ work }) => work));
      }
    },
  };
}
