import type { Core } from '@strapi/strapi';
import type { CircuitState } from '../engines/remote/circuit';
import { messageOf } from '../errors';

/** What is needed of a client's circuit. */
export interface Circuit {
  state(): CircuitState;
  reset(): void;
  /** Takes over what another node kept, if it is newer than its own state, without telling of a change. */
  adopt?(kept: CircuitState): void;
}

/** Where the circuit's state outlives a restart: a key that was refused is not tried again by every new process. */
const PLACE = { type: 'plugin', name: 'cutout', key: 'circuit' } as const;

/** The circuit's state where all nodes find it. */
export function createSharedCircuit(strapi: Core.Strapi) {
  /** Writes follow one another, so that the last change is the one that stays. */
  let writing = Promise.resolve();
  const read = async () => (await strapi.store.get(PLACE)) as CircuitState | null;

  return {
    kept: read,
    keep(value: CircuitState): void {
      writing = writing
        .then(() => strapi.store.set({ ...PLACE, value }))
        .catch((error: unknown) => {
          strapi.log.error(`[cutout] the circuit's state was not kept: ${messageOf(error)}`);
        });
    },
    async refresh(circuit: Circuit): Promise<void> {
      await writing;
      const kept = await read();
      if (kept === null) return;
      if (circuit.adopt) circuit.adopt(kept);
      else if (kept.kind === 'closed' && circuit.state().kind === 'open') circuit.reset();
    },
  };
}
