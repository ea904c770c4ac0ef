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

/** Older versions kept no print with a pause; it counts for whichever key there is. */
type Kept = CircuitState & { keyPrint?: string };

/** The circuit's state where all nodes find it. What was learnt with another key says nothing about this one. */
export function createSharedCircuit(strapi: Core.Strapi, keyPrint: string) {
  /** Writes follow one another, so that the last change is the one that stays. */
  let writing = Promise.resolve();
  const read = async (): Promise<CircuitState | null> => {
    const kept = (await strapi.store.get(PLACE)) as Kept | null;
    return (kept?.keyPrint ?? keyPrint) === keyPrint ? kept : null;
  };

  return {
    kept: read,
    keep(state: CircuitState): void {
      writing = writing
        .then(() => strapi.store.set({ ...PLACE, value: { ...state, keyPrint } satisfies Kept }))
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
