import { randomUUID } from 'node:crypto';
import type { Core } from '@strapi/strapi';
import type { CircuitState } from '../engines/remote/circuit';
import { messageOf } from '../errors';

/** What is needed of a client's circuit. */
export interface Circuit {
  state(): CircuitState;
  reset(): void;
  /** Takes over another node's state without telling of a change. */
  adopt?(state: CircuitState): void;
}

interface KeptState {
  state: CircuitState;
  /** Milliseconds since the epoch, by the clock of all nodes. */
  at: number;
  /** The process that it changed in. */
  by: string;
}

/** Where the circuit's state outlives a restart: a key that was refused is not tried again by every new process. */
const PLACE = { type: 'plugin', name: 'cutout', key: 'circuit' } as const;

/** The circuit's state as all nodes share it: the newest change counts. */
export function createSharedCircuit(strapi: Core.Strapi, now: () => number) {
  const by = randomUUID();
  let changedAt = -Infinity;
  /** Writes follow one another, so that the last change is the one that stays. */
  let writing = Promise.resolve();

  const read = async (): Promise<KeptState | null> => {
    const kept = (await strapi.store.get(PLACE)) as KeptState | CircuitState | null;
    if (kept === null || 'state' in kept) return kept;
    return { state: kept, at: 0, by: '' };
  };

  return {
    async kept(): Promise<CircuitState | null> {
      const kept = await read();
      changedAt = kept?.at ?? changedAt;
      return kept?.state ?? null;
    },
    keep(state: CircuitState): void {
      changedAt = now();
      const value: KeptState = { state, at: changedAt, by };
      writing = writing
        .then(() => strapi.store.set({ ...PLACE, value }))
        .catch((error: unknown) => {
          strapi.log.error(`[cutout] the circuit's state was not kept: ${messageOf(error)}`);
        });
    },
    async refresh(circuit: Circuit): Promise<void> {
      await writing;
      const kept = await read();
      if (!kept || kept.by === by || kept.at <= changedAt) return;
      changedAt = kept.at;
      if (circuit.adopt) circuit.adopt(kept.state);
      else if (kept.state.kind === 'closed') circuit.reset();
    },
  };
}
