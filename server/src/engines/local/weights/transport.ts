import type { Dispatcher } from 'undici';
import { EnvHttpProxyAgent, interceptors, request } from 'undici';
import { CutoutError, messageOf } from '../../../errors';

/** Milliseconds. No total: a big file over a slow line is no fault as long as bytes arrive. */
export interface Timeouts {
  connectMs: number;
  /** Until the answer's headers. */
  headersMs: number;
  /** Between two pieces of the body. */
  idleMs: number;
}

export const DEFAULT_TIMEOUTS: Timeouts = { connectMs: 15_000, headersMs: 30_000, idleMs: 30_000 };

const MAX_REDIRECTS = 5;

/**
 * Runs `work` with a connection of its own: through the proxies of HTTP_PROXY, HTTPS_PROXY and NO_PROXY, following
 * redirects. It is closed afterwards, so that nothing keeps the process alive.
 */
export async function withTransport<T>(timeouts: Timeouts, work: (transport: Dispatcher) => Promise<T>): Promise<T> {
  const agent = new EnvHttpProxyAgent({
    connect: { timeout: timeouts.connectMs },
    headersTimeout: timeouts.headersMs,
    bodyTimeout: timeouts.idleMs,
  });
  try {
    return await work(agent.compose(interceptors.redirect({ maxRedirections: MAX_REDIRECTS })));
  } finally {
    await agent.destroy().catch(() => undefined);
  }
}

/** A GET whose body is the file's own bytes. User and password in the URL become Basic authentication. */
export function get(
  transport: Dispatcher,
  url: string,
  options: { headers?: Record<string, string>; signal?: AbortSignal },
): Promise<Dispatcher.ResponseData> {
  const target = new URL(url);
  const credentials = target.username === '' ? {} : { authorization: basicAuth(target) };
  target.username = '';
  target.password = '';
  return request(target, {
    dispatcher: transport,
    signal: options.signal,
    headers: {
      'user-agent': 'strapi-plugin-cutout',
      'accept-encoding': 'identity',
      ...credentials,
      ...options.headers,
    },
  });
}

function basicAuth({ username, password }: URL): string {
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

/** A URL as messages may show it: without user, password and query. */
export function shownUrl(url: string): string {
  const { protocol, host, pathname } = new URL(url);
  return `${protocol}//${host}${pathname}`;
}

export function downloadFailed(url: string, fault: string, cause?: unknown): CutoutError {
  return new CutoutError('model.download-failed', `Downloading ${shownUrl(url)} failed: ${fault}.`, { cause });
}

/** What went wrong on the line, with the reason that undici hides in `cause`, and no full stop. */
export function faultOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  const inner = cause === undefined ? '' : ` (${messageOf(cause)})`;
  return `${messageOf(error)}${inner}`.replace(/\.$/, '');
}
