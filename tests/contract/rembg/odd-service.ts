import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRembgClient, type RembgClient, type RembgClientConfig } from '../../../server/src/engines/remote';

/** A service that answers as a test says, for what the documents' service never does. */
export interface OddService {
  url: string;
  /** Requests so far. */
  calls: () => number;
  /** What the next calls get. */
  answer: (respond: Respond) => void;
  client: (config?: Partial<RembgClientConfig>) => RembgClient;
  stop: () => Promise<void>;
}

/** Gets the request with its body read, unless `early` was asked for. */
export type Respond = ((request: IncomingMessage, response: ServerResponse) => unknown) & { early?: boolean };

export async function startOddService(): Promise<OddService> {
  let respond: Respond = (_request, response) => response.end();
  let calls = 0;
  const clients: RembgClient[] = [];
  const http = createServer((request, response) => {
    calls += 1;
    response.on('error', () => undefined);
    request.on('error', () => undefined);
    if (respond.early) return void respond(request, response);
    request.resume().once('end', () => void respond(request, response));
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  return {
    url,
    calls: () => calls,
    answer: (next) => void (respond = next),
    client: (config = {}) => {
      const made = createRembgClient({
        apiKey: 'a-key',
        apiUrl: url,
        accountUrl: url,
        connections: 2,
        retry: { retries: 0, baseMs: 1, maxMs: 2 },
        timeouts: { connect: 2000, upload: 2000, headers: 2000, body: 2000, total: 4000 },
        ...config,
      });
      clients.push(made);
      return made;
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.close()));
      const closed = new Promise<void>((resolve) => void http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
    },
  };
}
