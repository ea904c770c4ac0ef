import { isIP } from 'node:net';
import { Redis, type RedisOptions } from 'ioredis';

/** Bull's names of the connections it keeps; `bclient` waits for jobs, blocked. */
export type ConnectionKind = 'client' | 'subscriber' | 'bclient';

/** A command that Redis has not answered by then has failed: Redis hangs. */
export const ANSWER_MS = 3000;
/** Longer than Bull lets a blocked connection wait for a job (5 s). */
const SILENCE_MS = 15_000;
const LONGEST_PAUSE_MS = 2000;

/**
 * A connection as Bull wants it, which never gives up and never holds anything up. What is sent while Redis is away fails
 * at once; only the blocked connection and the subscription wait, and are taken up again.
 */
export function connectRedis(url: string, kind: ConnectionKind): Redis {
  const common: RedisOptions = {
    ...addressOf(url),
    enableReadyCheck: false,
    connectTimeout: 5000,
    keepAlive: 10_000,
    retryStrategy: (times) => Math.min(100 * times, LONGEST_PAUSE_MS),
    // A replica that was a primary a moment ago.
    reconnectOnError: (error) => error.message.startsWith('READONLY'),
  };
  const connection = new Redis({ ...common, ...OF_KIND[kind] });
  // ioredis lets it run on, and it would cut the next connection.
  connection.on('close', () => {
    clearTimeout(connection['socketTimeoutTimer']);
    connection['socketTimeoutTimer'] = undefined;
  });
  return connection;
}

const OF_KIND: Record<ConnectionKind, RedisOptions> = {
  client: {
    enableOfflineQueue: false,
    autoResendUnfulfilledCommands: false,
    maxRetriesPerRequest: 0,
    commandTimeout: ANSWER_MS,
    socketTimeout: SILENCE_MS,
  },
  bclient: { maxRetriesPerRequest: null, socketTimeout: SILENCE_MS },
  // May hear nothing for days.
  subscriber: { maxRetriesPerRequest: null },
};

/** What a `redis://` or `rediss://` address says. */
export function addressOf(url: string): RedisOptions {
  const { protocol, hostname, port, username, password, pathname } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, '');
  return {
    host,
    port: port === '' ? 6379 : Number(port),
    db: Number(pathname.slice(1)) || 0,
    ...(username === '' ? {} : { username: decodeURIComponent(username) }),
    ...(password === '' ? {} : { password: decodeURIComponent(password) }),
    // A certificate for an IP address has no name to ask for.
    ...(protocol === 'rediss:' ? { tls: isIP(host) ? {} : { servername: host } } : {}),
  };
}

/** Whether Redis answers, told once when it stops and once when it does again. */
export interface Presence {
  worked(): void;
  failed(error: unknown): void;
  isAway(): boolean;
}

export function createPresence(onAway: (message: string) => void, onBack: (message: string) => void): Presence {
  let away = false;
  return {
    isAway: () => away,
    worked() {
      if (away) onBack('Redis answers again: waiting jobs are dispatched.');
      away = false;
    },
    failed(error) {
      if (!away) onAway(`Redis cannot be used (${causeOf(error)}): jobs wait in the database until it is back.`);
      away = true;
    },
  };
}

/** The cause in a word: what a library says in full may hold what was sent, a password too. */
export function causeOf(error: unknown): string {
  const { code, message = '', name } = error as { code?: unknown; message?: string; name?: string };
  if (typeof code === 'string') return code;
  // Redis begins its refusals with a word: WRONGPASS, NOAUTH, OOM, MISCONF.
  const refusal = name === 'ReplyError' ? /^[A-Z]{2,}\b/.exec(message)?.[0] : undefined;
  return refusal ?? 'it does not answer';
}
