import { randomBytes } from 'node:crypto';
import { Redis } from 'ioredis';
import { describeIf } from './needs';

/** The Redis that `npm run test:services` uses; none in `npm test`. */
export const redisUrl = process.env.CUTOUT_TEST_REDIS ?? '';

export const describeWithRedis = describeIf(
  redisUrl !== '',
  'The Bull queue: npm run test:services, with a Redis at REDIS_URL or redis://127.0.0.1:6379.',
);

/** A prefix for keys that no other test has. */
export const newPrefix = (): string => `cutout-test-${randomBytes(6).toString('hex')}`;

/** Deletes what a test left in Redis. */
export async function removeKeys(prefix: string): Promise<void> {
  const redis = new Redis(redisUrl);
  try {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(keys);
  } finally {
    redis.disconnect();
  }
}
