import type { ErrorCode } from '../errors';
import { connectService, type Service, type ServiceOptions } from './service';
import { MONEY_CODES } from './watch';

/** What a job may wait for that another key ends. */
export const OF_ANOTHER_KEY: readonly ErrorCode[] = [...MONEY_CODES, 'remote.rate-limited', 'remote.not-configured'];

/** The Rembg service under the key of the moment, which may be set, changed and forgotten while Strapi runs. */
export interface Services {
  /** Whom to ask now; null without an API key. Whoever decides asks anew, and stays with the answer to the decision's end. */
  current(): Service | null;
  /** Goes over to another key. Paid calls under way end with the one they began with. Resolves to whether it is another. */
  replace(apiKey: string | null): Promise<boolean>;
  /** Ends all connections; calls under way finish first. */
  close(): Promise<void>;
}

export async function createServices(apiKey: string | null, options: ServiceOptions): Promise<Services> {
  const connect = async (key: string | null) => (key === null ? null : connectService(key, options));
  let key = apiKey;
  let current = await connect(key);
  /** Services of earlier keys, with what closes them. */
  const retired = new Map<Service, NodeJS.Timeout>();

  /** No paid call lasts longer than `total`, so none is cut off by the end of the connections. */
  const retire = (service: Service) => {
    service.retire();
    const close = () => {
      retired.delete(service);
      void service.client.close();
    };
    retired.set(service, setTimeout(close, options.config.remote.timeouts.total).unref());
  };

  return {
    current: () => current,
    async replace(next) {
      if (next === key) return false;
      const service = await connect(next);
      if (current) retire(current);
      [key, current] = [next, service];
      return true;
    },
    async close() {
      for (const timer of retired.values()) clearTimeout(timer);
      const open = current ? [current, ...retired.keys()] : [...retired.keys()];
      await Promise.all(open.map(({ client }) => client.close()));
    },
  };
}
