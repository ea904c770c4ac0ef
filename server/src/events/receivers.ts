import { setTimeout as sleep } from 'node:timers/promises';
import type { Core } from '@strapi/strapi';
import { messageOf } from '../errors';
import type { EventRow } from '../tables/events';

/** Those who are told of an event: everybody on Strapi's event hub, and each webhook by itself. */
export interface Receivers {
  /** Who is to be told of an event of that name now; the hub is always among them. */
  of(event: string): Promise<string[]>;
  /** @returns null when the receiver took it, or is there no more; else why it did not */
  tell(target: string, row: Pick<EventRow, 'event' | 'payload'>): Promise<string | null>;
}

export const HUB = 'hub';

/** Strapi's own limit for a webhook is 10 s; neither it nor a subscriber of the hub keeps a place for longer than this. */
const LIMIT_MS = 12_000;

interface Webhook {
  id: string;
  events: string[];
  isEnabled: boolean;
}

/** What of Strapi's runner is used; its types are not published. */
interface WebhookRunner {
  deleteListener(event: string): void;
  run(webhook: Webhook, event: string, info: object): Promise<{ statusCode: number; message?: string }>;
}

export function createReceivers(strapi: Core.Strapi): Receivers {
  const runner = () => strapi.get<WebhookRunner>('webhookRunner');
  const webhooks = (): Promise<Webhook[]> => strapi.get('webhookStore').findWebhooks();
  const hears = ({ isEnabled, events }: Webhook, event: string) => isEnabled && events.includes(event);

  const tellHub: Receivers['tell'] = async (_, { event, payload }) => {
    // Strapi's runner hears the hub too, tells each webhook once and nobody how that ended. We call it ourselves, so
    // its listener, which every change to a webhook puts back, must not hear this.
    runner().deleteListener(event);
    await strapi.eventHub.emit(event, payload);
    return null;
  };

  const tellWebhook: Receivers['tell'] = async (target, { event, payload }) => {
    const webhook = (await webhooks()).find(({ id }) => String(id) === target);
    if (!webhook || !hears(webhook, event)) return null;
    const { statusCode, message } = await runner().run(webhook, event, payload);
    if (statusCode >= 200 && statusCode < 300) return null;
    return `answered ${statusCode}${message ? `: ${message.slice(0, 200)}` : ''}`;
  };

  return {
    async of(event) {
      const hearing = (await webhooks()).filter((webhook) => hears(webhook, event));
      return [HUB, ...hearing.map(({ id }) => String(id))];
    },
    async tell(target, row) {
      const over = new AbortController();
      const told = (target === HUB ? tellHub : tellWebhook)(target, row).catch(messageOf);
      const late = sleep(LIMIT_MS, `took longer than ${LIMIT_MS / 1000} s`, { ref: false, signal: over.signal });
      late.catch(() => undefined);
      return Promise.race([told, late]).finally(() => over.abort());
    },
  };
}
