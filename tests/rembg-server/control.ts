import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Plan } from './accounts';
import { readBody, sendJson, type Fault } from './faults';
import type { RembgServer } from './server';
import type { AccountHost, Call } from './service';

/**
 * The server's switches for another process (a demo, an end-to-end test), all JSON:
 * `GET /__control/state`, `POST /__control/fault` `{ fault, times? }`, `POST /__control/keys` `{ plan }`,
 * `POST /__control/clock` `{ advanceMs }`, `POST /__control/app-usage` `{ key, credits }`, `POST /__control/buy`
 * `{ key, credits }`, `POST /__control/period` `{ key, endsInMs, lateMs? }`, `POST /__control/account-host` `{ state }`.
 */
export async function control(server: RembgServer, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname } = new URL(request.url ?? '/', server.url);
  const text = ((await readBody(request, null)) ?? '').toString();
  const body = (text === '' ? {} : JSON.parse(text)) as ControlBody;
  switch (`${request.method} ${pathname.slice('/__control/'.length)}`) {
    case 'GET state':
      return sendJson(response, 200, {
        calls: server.calls,
        charged: server.credits.charged(),
        pictures: server.credits.byPicture(),
        keys: server.keys,
      } satisfies ControlState);
    case 'POST fault':
      server.setFault(body.fault ?? null, body.times);
      return sendJson(response, 200, { fault: body.fault ?? null });
    case 'POST keys':
      return sendJson(response, 200, { key: server.accounts.addKey(body.plan) });
    case 'POST clock':
      server.advance(body.advanceMs ?? 0);
      return sendJson(response, 200, {});
    case 'POST app-usage':
      server.accounts.useApp(body.key ?? '', body.credits ?? 0);
      return sendJson(response, 200, {});
    case 'POST buy':
      server.accounts.buyCredits(body.key ?? '', body.credits ?? 0);
      return sendJson(response, 200, {});
    case 'POST period':
      server.accounts.endPeriod(body.key ?? '', body.endsInMs ?? 0, body.lateMs ?? 0);
      return sendJson(response, 200, {});
    case 'POST account-host':
      server.setAccountHost(body.state ?? 'up');
      return sendJson(response, 200, {});
    default:
      return sendJson(response, 404, { error: 'Not found', status: 404 });
  }
}

/** What `GET /__control/state` tells. */
export interface ControlState {
  calls: Call[];
  charged: number;
  /** How often each picture was charged, by its SHA-256. */
  pictures: Record<string, number>;
  keys: RembgServer['keys'];
}

interface ControlBody {
  fault?: Fault | null;
  times?: number;
  plan?: Partial<Plan>;
  advanceMs?: number;
  key?: string;
  credits?: number;
  endsInMs?: number;
  lateMs?: number;
  state?: AccountHost;
}
