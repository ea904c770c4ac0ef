/** `main`: children that may run a model. `quick`: one more, for what needs none. */
export type Lane = 'main' | 'quick';

export interface Wish {
  /** The lowest goes first, see `priorityOf` in words.ts. */
  priority: number;
  runsModel: boolean;
}

export interface Place {
  lane: Lane;
  /** Gives the place back. */
  release(): void;
}

/**
 * The children's places. Who finds none waits: a person before an upload before a bulk run, of these who needs no model
 * run first, then in the order of asking. While model runs hold all places, one quick place lets what needs none go on
 * beside them.
 */
export interface Places {
  /** Rejects with the signal's reason. */
  take(signal: AbortSignal, wish: Wish): Promise<Place>;
}

interface Waiter extends Wish {
  proceed(lane: Lane): void;
}

export function createPlaces(count: number): Places {
  const held = { main: 0, quick: 0 };
  let modelRuns = 0;
  const waiting: Waiter[] = [];

  const laneFor = ({ runsModel }: Wish): Lane | null => {
    if (held.main < count) return 'main';
    return !runsModel && modelRuns === count && held.quick === 0 ? 'quick' : null;
  };

  const hold = (lane: Lane, { runsModel }: Wish): Place => {
    held[lane] += 1;
    if (runsModel) modelRuns += 1;
    let released = false;
    return {
      lane,
      release() {
        if (released) return;
        released = true;
        held[lane] -= 1;
        if (runsModel) modelRuns -= 1;
        letProceed();
      },
    };
  };

  const letProceed = (): void => {
    for (const waiter of [...waiting]) {
      const lane = laneFor(waiter);
      if (lane) waiter.proceed(lane);
    }
  };

  const queueUp = (waiter: Waiter): void => {
    const behind = waiting.findIndex((other) => goesBefore(waiter, other));
    waiting.splice(behind < 0 ? waiting.length : behind, 0, waiter);
  };

  const leave = (waiter: Waiter): void => void waiting.splice(waiting.indexOf(waiter), 1);

  return {
    take(signal, wish) {
      if (signal.aborted) return Promise.reject(signal.reason as Error);
      return new Promise((resolve, reject) => {
        const waiter: Waiter = {
          ...wish,
          proceed(lane) {
            leave(waiter);
            signal.removeEventListener('abort', give);
            resolve(hold(lane, wish));
          },
        };
        const give = (): void => {
          leave(waiter);
          reject(signal.reason as Error);
        };
        signal.addEventListener('abort', give, { once: true });
        queueUp(waiter);
        letProceed();
      });
    },
  };
}

const goesBefore = (one: Wish, other: Wish): boolean =>
  one.priority < other.priority || (one.priority === other.priority && Number(one.runsModel) < Number(other.runsModel));
