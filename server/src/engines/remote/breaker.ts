import {
  admit,
  afterFailure,
  afterSuccess,
  endOf,
  newer,
  readCircuitState,
  refusal,
  settle,
  type CircuitContext,
  type CircuitState,
} from './circuit';
import type { Deadline } from './deadline';
import { errorOfCode, RateLimitedError, RemoteError } from './errors';
import { tellQuietly } from './progress';
import { longestPauseMs, type RetryRule } from './retry';

export interface BreakerSettings {
  keyPrint: string;
  rule: RetryRule;
  /** The circuit as it was kept, e.g. over a restart. */
  circuit: unknown;
  onCircuitChange: (state: CircuitState) => void;
  /** End of the billing cycle, asked for when the monthly limit is met. */
  renewsAt: () => Promise<number | null>;
  wait: (ms: number, deadline: Deadline) => Promise<void>;
  now: () => number;
  random: () => number;
}

export type Breaker = ReturnType<typeof createBreaker>;

/** Whoever comes while a probe is out looks again so much later. */
const probeMs = 10_000;

/** Keeps the circuit of one client: every paid try goes through `guard`, and moves it on by its outcome. */
export function createBreaker(settings: BreakerSettings) {
  const { keyPrint, rule, now, random, renewsAt, wait } = settings;
  let state = readCircuitState(settings.circuit);
  let probing = false;

  const context = (more: Partial<CircuitContext> = {}): CircuitContext => ({ now: now(), keyPrint, rule, ...more });

  function set(next: CircuitState): void {
    if (next === state) return;
    state = next;
    tellQuietly(settings.onCircuitChange, next);
  }

  /**
   * Makes a paid try when the circuit lets it through, and notes what came of it.
   * @throws RemoteError of a stop, without making the try; else what the try throws
   */
  async function guard<T>(attempt: () => Promise<T>, deadline: Deadline): Promise<T> {
    const probes = await pass(deadline);
    const askedAt = now();
    try {
      const result = await attempt();
      set(afterSuccess(state, context({ askedAt })));
      return result;
    } catch (error) {
      if (!(error instanceof RemoteError)) throw error;
      if (error.cost === 'charged') set(afterSuccess(state, context({ askedAt })));
      throw await noted(error, askedAt);
    } finally {
      if (probes) probing = false;
    }
  }

  /** Waits out a pause; resolves to whether the try is the one that finds out if a stop is over. */
  async function pass(deadline: Deadline): Promise<boolean> {
    for (;;) {
      set(settle(state, context()));
      const admission = admit(state, context());
      if (!admission.go) throw refusal(admission.open);
      if (admission.probe) {
        if (probing && state.kind === 'open') throw refusal(state, now() + probeMs);
        return (probing = true);
      }
      const { waitMs } = admission;
      if (waitMs === 0) return false;
      if (waitMs > Math.min(longestPauseMs, deadline.left())) {
        const text = 'The Rembg service asked for a pause; nothing was sent.';
        throw new RateLimitedError(text, { retryAt: endOf(state) });
      }
      // Not all at one moment, or they meet the same limit again.
      await wait(waitMs + random() * Math.min(1000, waitMs / 4), deadline);
    }
  }

  /** Moves the circuit on, and tells the error when a limit turns. */
  async function noted(error: RemoteError, askedAt: number): Promise<RemoteError> {
    const before = state;
    set(afterFailure(state, error, context({ askedAt })));
    const opened = state !== before ? state : null;
    if (opened?.kind === 'open' && error.code === 'remote.monthly-limit' && error.retryAt === null) {
      // It is shut first: calls that come while the account is asked must not try on.
      const renewal = await renewsAt().catch(() => null);
      if (state === opened && renewal !== null && renewal > now()) set({ ...opened, until: renewal });
    }
    const retryAt = timeToReturn(error, state);
    if (retryAt === error.retryAt) return error;
    const { code, message, cost, details } = error;
    return errorOfCode(code, message, { remoteStatus: error.remoteStatus ?? undefined, details, cost, retryAt });
  }

  return {
    guard,
    state: (): CircuitState => settle(state, context()),
    /** Lets calls through again, e.g. after a person said so. */
    reset: () => set({ kind: 'closed', since: now() }),
    update: (change: (state: CircuitState) => CircuitState) => set(change(state)),
    /** Takes over what another node kept, if it is newer; see `newer`. Nobody is told. */
    adopt: (kept: unknown) => {
      state = newer(state, readCircuitState(kept), context());
    },
  };
}

/** When whoever met this failure may come back: what the service said, within what the circuit believes. */
function timeToReturn({ code, retryAt }: RemoteError, state: CircuitState): number | null {
  if (state.kind === 'cooling' && retryAt !== null) return Math.min(retryAt, state.until);
  return retryAt === null && state.kind === 'open' && state.code === code ? state.until : retryAt;
}
