import { Agent, EnvHttpProxyAgent, type Dispatcher } from 'undici';
import { isLoopback } from './address';

export interface DispatcherSettings {
  /** Limit of one connection attempt, milliseconds. */
  connectTimeout: number;
  /** Most connections to one host. */
  connections: number;
}

/**
 * A connection closed by the service while idle looks like a lost answer if a request meets it, and a paid one is then
 * of unknown outcome. So idle connections are dropped well before the usual 5 s of servers.
 */
const keepAliveMs = 3_000;

/**
 * Connections that are kept for the next call. `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` are followed, except to this
 * machine: over plain HTTP a proxy would see the key.
 */
export function createDispatcher(url: URL, { connectTimeout, connections }: DispatcherSettings): Dispatcher {
  const options = {
    connections,
    connect: { timeout: connectTimeout },
    keepAliveTimeout: keepAliveMs,
    keepAliveMaxTimeout: keepAliveMs,
  };
  return isLoopback(url) ? new Agent(options) : new EnvHttpProxyAgent(options);
}
