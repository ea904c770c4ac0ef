import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAccounts, type Accounts } from './accounts';
import { control } from './control';
import { sendJson, type Fault } from './faults';
import { luminanceMatte, type Matte } from './matte';
import { createService, type AccountHost, type Call } from './service';

export interface RembgServerOptions {
  /** 0 or nothing: any free port. */
  port?: number;
  /** Who makes the alpha plane; brightness when left out. */
  matte?: Matte;
  /** Serve `/__control/…`, for use from another process. */
  control?: boolean;
  /** How long an idle connection is kept, milliseconds; Node's default when left out. */
  keepAliveMs?: number;
}

export interface RembgServer {
  url: string;
  /** What the service calls https://api.rembg.com. */
  apiUrl: string;
  /** What the service calls https://www.rembg.com. */
  accountUrl: string;
  /** Working keys, and keys that fail each in its way. */
  keys: Record<'premium' | 'unsynced' | 'prepaid' | 'empty' | 'unverified' | 'limited', string>;
  accounts: Accounts;
  /** Every request so far, oldest first. */
  calls: Call[];
  /** Breaks the next `times` paid calls, all of them by default; `null` mends the service. */
  setFault(fault: Fault | null, times?: number): void;
  /** What the account's host does from now on; `up` in the beginning. */
  setAccountHost(state: AccountHost): void;
  credits: {
    /** Credits taken from all callers since the start. */
    charged(): number;
    /** How often each picture was charged, by its SHA-256. */
    byPicture(): Record<string, number>;
    spendable(key: string): number;
  };
  /** Moves the server's clock on, e.g. into the next month. */
  advance(ms: number): void;
  /** Cuts every connection and frees the port. */
  stop(): Promise<void>;
}

/**
 * Starts the Rembg service as its documents describe it, on loopback; both hosts of the service are one address here.
 * A credit is charged exactly when the work is done, also when the answer is then lost.
 */
export async function startRembgServer(options: RembgServerOptions = {}): Promise<RembgServer> {
  let skewMs = 0;
  let accountHost: AccountHost = 'up';
  let armed: { fault: Fault; left: number } | null = null;
  const now = () => Date.now() + skewMs;
  const accounts = createAccounts(now);
  const calls: Call[] = [];

  const handle = createService({
    accounts,
    matte: options.matte ?? luminanceMatte,
    now,
    nextFault: () => {
      if (!armed || armed.left <= 0) return null;
      armed.left -= 1;
      return armed.fault;
    },
    accountHost: () => accountHost,
    onCall: (call) => void calls.push(call),
  });

  const http = createServer((request, response) => {
    const answered =
      request.url?.startsWith('/__control/') && options.control
        ? control(server, request, response)
        : handle(request, response);
    answered.catch((error: unknown) => {
      const message = error instanceof Error ? error.message : String(error);
      if (response.headersSent) response.destroy();
      else sendJson(response, 500, { error: message, status: 500 });
    });
  });
  http.keepAliveTimeout = options.keepAliveMs ?? http.keepAliveTimeout;
  await new Promise<void>((resolve, reject) => {
    http.once('error', reject).listen(options.port ?? 0, '127.0.0.1', resolve);
  });
  const url = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;

  const server: RembgServer = {
    url,
    apiUrl: url,
    accountUrl: url,
    keys: standardKeys(accounts),
    accounts,
    calls,
    setFault: (fault, times = Infinity) => {
      armed = fault && { fault, left: times };
    },
    setAccountHost: (state) => {
      accountHost = state;
    },
    credits: {
      charged: () => calls.filter((call) => call.charged).length,
      byPicture: () => {
        const counts: Record<string, number> = {};
        for (const { charged, picture } of calls) {
          if (charged && picture) counts[picture] = (counts[picture] ?? 0) + 1;
        }
        return counts;
      },
      spendable: (key) => {
        const account = accounts.find(key);
        return account ? accounts.spendable(account) : 0;
      },
    },
    advance: (ms) => {
      skewMs += ms;
    },
    stop: async () => {
      const closed = new Promise<void>((resolve) => void http.close(() => resolve()));
      http.closeAllConnections();
      await closed;
    },
  };
  return server;
}

function standardKeys({ addKey }: Accounts): RembgServer['keys'] {
  return {
    premium: addKey(),
    unsynced: addKey({ membership: 'Premium-500', included: 500, prepaid: 0, synced: false }),
    prepaid: addKey({ membership: 'Free', included: 0, prepaid: 100 }),
    empty: addKey({ membership: 'Free', included: 0, prepaid: 0 }),
    unverified: addKey({ verified: false }),
    limited: addKey({ rate: { requests: 2, windowMs: 1000 } }),
  };
}
