import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Nodes } from './nodes';

/** What a receiver was sent. */
export interface Received {
  event: string;
  id: string;
  at: string;
  [key: string]: unknown;
}

/** A receiver of webhooks: a real server that writes down what it is sent. */
export interface Receiver {
  url: string;
  received: Received[];
  /** Of one asset, in the order of their arrival. */
  of(fileId: number): Received[];
  /** Has the nodes' webhooks for these events come here; Strapi's own form takes no address of this machine. */
  register(nodes: Pick<Nodes, 'write' | 'databaseFile'>, events: string[]): Promise<void>;
  stop(): Promise<void>;
}

/** What it answers: a status, or never. */
export type Answer = (event: Received, before: number) => number | 'never';

/** @param answer told with what was received, and how often this event came before */
export async function startReceiver(answer: Answer = () => 200): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    void bodyOf(request).then((body) => {
      const event = JSON.parse(body) as Received;
      const before = received.filter(({ id }) => id === event.id).length;
      received.push(event);
      const status = answer(event, before);
      if (status !== 'never') response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  return {
    url,
    received,
    async register({ write, databaseFile }, events) {
      const values = `'test', '${url}', '{}', '${JSON.stringify(events)}', ${databaseFile ? 1 : 'true'}`;
      await write(`insert into strapi_webhooks (name, url, headers, events, enabled) values (${values})`);
    },
    of: (fileId) => received.filter((event) => event.fileId === fileId),
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const part of request) body += String(part);
  return body;
}
