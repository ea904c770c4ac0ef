import { causeOf, connectRedis } from '../../jobs/queues/redis';
import { limited } from '../../limit';
import { type Check, duration, finding, textFact, well, yesNo } from '../check';

const CONNECT_MS = 2500;

/** Whether Redis answers, by a connection of its own that is closed again. */
export const redis: Check = {
  id: 'redis',
  limitMs: 8000,
  async look({ app: { config } }) {
    const { redis: address } = config.queue;
    if (address === null) return well([yesNo('used', false)]);
    const facts = [yesNo('used', true), textFact('host', new URL(address).host)];
    const connection = connectRedis(address, 'client');
    let cause: unknown = null;
    // Tried again and again until it is closed; the last failure says why.
    connection.on('error', (error) => (cause = error));
    try {
      await limited(CONNECT_MS, undefined, () => new Promise<void>((resolve) => connection.once('ready', resolve)));
      const asked = performance.now();
      const told = await connection.info('server');
      const version = /redis_version:(\S+)/.exec(told)?.[1] ?? null;
      return well([...facts, textFact('version', version), duration('answer', performance.now() - asked)]);
    } catch (error) {
      return finding('error', 'redis.away', [...facts, textFact('cause', causeOf(cause ?? error))]);
    } finally {
      connection.disconnect();
    }
  },
};
