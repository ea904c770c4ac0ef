import { once } from 'node:events';
import type { Core } from '@strapi/strapi';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../../config/schema';
import { connectRedis } from '../../jobs/queues/redis';
import { limited } from '../../limit';

interface RateLimit {
  /** @returns null, or how many seconds the token has to wait */
  take(token: string): Promise<number | null>;
  close(): void;
}

const MINUTE_S = 60;
/** Before the first call: what is sent before the connection stands would be counted by this process alone. */
const CONNECT_MS = 1000;

const limits = new WeakMap<Core.Strapi, RateLimit>();

/** Made with the first call, so that a process that never answers keeps no connection. */
export function rateLimitOf(strapi: Core.Strapi, config: Pick<Config, 'rembgApi' | 'queue'>): RateLimit {
  const known = limits.get(strapi);
  if (known) return known;
  const made = createRateLimit(config);
  limits.set(strapi, made);
  return made;
}

export function closeRateLimit(strapi: Core.Strapi): void {
  limits.get(strapi)?.close();
  limits.delete(strapi);
}

/** Counts in Redis, if there is one, for all nodes; in this process alone while it is away. */
function createRateLimit({ rembgApi: { perMinute }, queue }: Pick<Config, 'rembgApi' | 'queue'>): RateLimit {
  if (perMinute === null) return { take: async () => null, close: () => undefined };
  const rule = { points: perMinute, duration: MINUTE_S, keyPrefix: `${queue.prefix}:rembg-api` };
  const memory = new RateLimiterMemory(rule);
  if (queue.redis === null) return { take: (token) => consume(memory, token), close: () => undefined };

  const redis = connectRedis(queue.redis, 'client');
  // An error without a listener is printed with each try to connect.
  redis.on('error', () => undefined);
  const ready = limited(CONNECT_MS, undefined, (signal) => once(redis, 'ready', { signal })).catch(() => undefined);
  const shared = new RateLimiterRedis({
    ...rule,
    storeClient: redis,
    insuranceLimiter: memory,
    rejectIfRedisNotReady: true,
  });
  return {
    async take(token) {
      await ready;
      return consume(shared, token);
    },
    close: () => redis.disconnect(),
  };
}

async function consume(limiter: RateLimiterMemory | RateLimiterRedis, token: string): Promise<number | null> {
  try {
    await limiter.consume(token);
    return null;
  } catch (refused) {
    if (refused instanceof RateLimiterRes) return Math.max(1, Math.ceil(refused.msBeforeNext / 1000));
    throw refused;
  }
}
