import type { Core } from '@strapi/strapi';
import type { Config } from '../config/schema';
import { createRembgClient, type RembgClient } from '../engines/remote';
import { printOf } from '../engines/remote/caller';
import type { CircuitState } from '../engines/remote/circuit';
import { messageOf } from '../errors';
import { type Account, createAccount } from './account';
import { spendableOf } from './account-view';
import type { Balance } from './budget';
import { type Circuit, createSharedCircuit } from './shared-circuit';
import type { Windows } from './windows';

/** The Rembg service under one key. */
export interface Service {
  client: RembgClient;
  account: Account;
  keyPrint: string;
  circuit: Circuit;
  balance(): Promise<Balance | null>;
  /** Takes over what another node has learnt of the service: that it stopped, or goes on again. */
  refresh(): Promise<void>;
  /** Another key has taken its place: calls under way go on, and what is learnt by them is told to nobody. */
  retire(): void;
}

export interface ServiceOptions {
  strapi: Core.Strapi;
  config: { remote: Pick<Config['remote'], 'apiUrl' | 'accountUrl' | 'timeouts' | 'concurrency'> };
  windows: Pick<Windows, 'tell' | 'current'>;
  now: () => number;
}

export async function connectService(
  apiKey: string,
  { strapi, config, windows, now }: ServiceOptions,
): Promise<Service> {
  const { apiUrl, accountUrl, timeouts, concurrency } = config.remote;
  const keyPrint = printOf(apiKey);
  const shared = createSharedCircuit(strapi, keyPrint);
  let isRetired = false;
  const onCircuitChange = (state: CircuitState) => {
    if (isRetired) return;
    if (state.kind === 'open') strapi.log.warn(`[cutout] remote work stops. ${state.code}: ${state.message}`);
    shared.keep(state);
  };
  const client = createRembgClient({
    apiKey,
    apiUrl,
    accountUrl,
    timeouts,
    connections: concurrency,
    circuit: (await shared.kept()) ?? undefined,
    onCircuitChange,
    // Where the account does not tell, the window that the database knows does.
    knownRenewal: async () => {
      const { synced, endsAt } = await windows.current();
      return synced ? endsAt : null;
    },
    now,
  });
  const account = createAccount({
    client,
    now,
    onAnswer: async (figures, askedAt) => {
      if (isRetired) return;
      // The answer is right although it could not be kept; the next one will be.
      await windows.tell(figures, askedAt).catch((error: unknown) => {
        strapi.log.warn(`[cutout] the billing cycle was not kept: ${messageOf(error)}`);
      });
    },
  });
  return {
    client,
    account,
    keyPrint,
    circuit: client.circuit,
    async balance() {
      const view = await account.view();
      return view && { spendable: spendableOf(view.figures), at: view.at };
    },
    refresh: () => shared.refresh(client.circuit),
    retire: () => void (isRetired = true),
  };
}
