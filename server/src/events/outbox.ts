import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import { EVENT } from '../tables/events';
import { inTransaction } from '../transaction';
import type { EventName } from '../words';
import type { EventPayload } from './payloads';

/** Where events are written down, to be delivered by whichever process does that; see deliver.ts. */
export interface Outbox {
  /**
   * Comes and goes with the transaction under way: an event is told if and only if what it tells is so.
   * @param subject what it is about, e.g. `asset:7`; events of one subject are delivered in their order
   */
  add<Name extends EventName>(event: Name, subject: string, payload: EventPayload<Name>): Promise<void>;
}

export interface OutboxOptions {
  strapi: Core.Strapi;
  now: () => number;
  /** There is something to deliver. Must not throw: it is called from commit hooks. */
  onWake: () => void;
}

export function createOutbox({ strapi, now, onWake }: OutboxOptions): Outbox {
  return {
    async add(event, subject, payload) {
      await inTransaction(strapi, async ({ onCommit }) => {
        const at = new Date(now());
        const marked = { id: randomUUID(), at: at.toISOString(), ...payload };
        const data = { event, subject, payload: marked, tries: 0, runAt: at, createdAt: at, updatedAt: at };
        await strapi.db.query(EVENT).create({ data });
        onCommit(onWake);
      });
    },
  };
}

export const assetSubject = (fileId: number): string => `asset:${fileId}`;
