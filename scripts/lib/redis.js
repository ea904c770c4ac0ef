'use strict';

const { Redis } = require('ioredis');

/** @param {string} url @throws Error where no Redis answers there. */
async function requireRedis(url) {
  const redis = new Redis(url, { lazyConnect: true, retryStrategy: () => null, connectTimeout: 5000 });
  redis.on('error', () => undefined);
  try {
    await redis.connect();
    await redis.ping();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const { host } = new URL(url);
    throw new Error(`Redis does not answer at ${host} (${why}): start it, e.g. with \`docker compose up -d redis\`.`);
  } finally {
    redis.disconnect();
  }
}

module.exports = { requireRedis };
