import { baseUrl, checkedKey, defaultAccountUrl, defaultApiUrl } from './address';
import { createCaller } from './caller';
import { afterBalance, afterProbe, type CircuitState, type StoredCircuitState } from './circuit';
import { createDispatcher } from './dispatcher';
import { NotConfiguredError, RemoteError } from './errors';
import {
  membershipUsage,
  spendable,
  type BillingCycles,
  type FreeCallOptions,
  type Membership,
  type MembershipQuery,
} from './membership';
import type { OnProgress } from './progress';
import type { ReceivedPicture } from './receive-picture';
import { bufferSource, fileSource, formFields, removeBackground, type RemoveOptions } from './remove-background';
import { defaultRetry, type RetryRule } from './retry';
import { defaultTimeouts, type Timeouts } from './timeouts';

export interface RembgClientConfig {
  apiKey: string;
  /** Base of `POST /rmbg`; https, or http on this machine. */
  apiUrl?: string | undefined;
  /** Base of `GET /api/membership-usage`. */
  accountUrl?: string | undefined;
  /** Whether the account service is asked when a used-up plan renews; `true` when left out. */
  asksRenewal?: boolean | undefined;
  timeouts?: Partial<Timeouts> | undefined;
  retry?: Partial<RetryRule> | undefined;
  /** Most connections to each host. */
  connections?: number | undefined;
  /** A longer answer is refused. */
  maxAnswerBytes?: number | undefined;
  /** End of the running billing cycle as it is known elsewhere, for when the account service does not tell it. */
  knownRenewal?: (() => number | null | Promise<number | null>) | undefined;
  /** Circuit state as it was kept, and who keeps it. */
  circuit?: StoredCircuitState | undefined;
  onCircuitChange?: ((state: CircuitState) => void) | undefined;
  /** Milliseconds since the epoch. */
  now?: (() => number) | undefined;
  /** 0…1 */
  random?: (() => number) | undefined;
}

export interface RemoveRequest {
  /** Absolute path of the picture, or its bytes. */
  path: string | Buffer;
  /** File name the service sees; made from the kind of picture when left out. */
  name?: string | undefined;
  options?: RemoveOptions;
  /** Absolute path of the file to make, which appears only when the whole picture is there; memory when left out. */
  output?: string | undefined;
  signal?: AbortSignal | undefined;
  onUploadProgress?: OnProgress | undefined;
  onDownloadProgress?: OnProgress | undefined;
}

export interface RembgClient {
  /** One paid call. @throws RemoteError, whose `cost` says whether it may have been charged */
  removeBackground(request: RemoveRequest): Promise<ReceivedPicture>;
  /** The picture's matte as a grey PNG of its size: the same one paid call. */
  matte(request: Omit<RemoveRequest, 'options'>): Promise<ReceivedPicture>;
  /** Free calls: at most 5 s with their retries, unless `totalMs` says otherwise. No circuit stops them. */
  membership(query?: MembershipQuery, options?: FreeCallOptions): Promise<Membership>;
  billingCycles(options?: FreeCallOptions): Promise<BillingCycles['billingCycles']>;
  /**
   * Asks the account once whether the key is accepted (at most 5 s, free) and ends a stop that this answer disproves.
   * Resolves to whether the account answered.
   */
  probe(options?: { signal?: AbortSignal | undefined }): Promise<boolean>;
  circuit: {
    state(): CircuitState;
    reset(): void;
    /** Takes over what another node kept, if it is newer than the own state; `onCircuitChange` is not told. */
    adopt(kept: StoredCircuitState): void;
  };
  /** Ends idle connections; calls under way finish first. */
  close(): Promise<void>;
}

/** 10000 × 10000 pixels of RGBA are 400 MB; encoded pictures stay well below this. */
const defaultMaxAnswerBytes = 256 * 1024 * 1024;

/**
 * A client of the Rembg service for one key. It sends the key to the two configured hosts and nowhere else.
 * @throws CutoutError `config.invalid` for a bad URL or key, `remote.not-configured` without a key
 */
export function createRembgClient(config: RembgClientConfig): RembgClient {
  if (config.apiKey.trim() === '')
    throw new NotConfiguredError('Expected an API key for remote.apiKey but received none.');
  const apiUrl = baseUrl(config.apiUrl ?? defaultApiUrl, 'remote.apiUrl');
  const accountUrl = baseUrl(config.accountUrl ?? defaultAccountUrl, 'remote.accountUrl');
  const timeouts = { ...defaultTimeouts, ...config.timeouts };
  const connect = { connectTimeout: timeouts.connect, connections: config.connections ?? 8 };
  const api = createDispatcher(apiUrl, connect);
  const account = createDispatcher(accountUrl, connect);
  const now = config.now ?? Date.now;

  const caller = createCaller({
    apiKey: checkedKey(config.apiKey),
    timeouts,
    retry: { ...defaultRetry, ...config.retry },
    circuit: config.circuit,
    onCircuitChange: config.onCircuitChange ?? (() => undefined),
    renewsAt: config.asksRenewal === false ? async () => null : renewsAt,
    now,
    random: config.random ?? Math.random,
  });

  const ask = async (query: MembershipQuery, options: FreeCallOptions & { retries?: number }) =>
    (await membershipUsage(caller, account, accountUrl, query, options)) as Membership;

  async function membership(query: MembershipQuery = {}, options: FreeCallOptions & { retries?: number } = {}) {
    const askedAt = now();
    const answer = await ask(query, options);
    const current = !('periodStartUnix' in query) && answer.billingCycle !== undefined;
    if (current) caller.circuit.update((state) => afterBalance(state, spendable(answer), { askedAt, now: now() }));
    return answer;
  }

  async function probe({ signal }: { signal?: AbortSignal | undefined } = {}): Promise<boolean> {
    const askedAt = now();
    try {
      await membership({ expand: ['billing_cycle'] }, { signal, retries: 0 });
    } catch (error) {
      if (error instanceof RemoteError) return false;
      throw error;
    }
    caller.circuit.update((state) => afterProbe(state, { askedAt, now: now() }));
    return true;
  }

  async function renewsAt(): Promise<number | null> {
    const answer = await ask({ expand: ['billing_cycle'] }, { retries: 1 }).catch(() => null);
    if (answer?.billingCycle) {
      // It knows of credits that the image API does not see yet: that has nothing to do with the renewal.
      return spendable(answer) > 0 ? null : answer.billingCycle.periodEndUnix * 1000;
    }
    return (await config.knownRenewal?.()) ?? null;
  }

  async function remove({
    path,
    name,
    options = {},
    output,
    signal,
    ...listeners
  }: RemoveRequest): Promise<ReceivedPicture> {
    return removeBackground(caller, api, apiUrl, {
      source: typeof path === 'string' ? await fileSource(path, name) : bufferSource(path, name),
      fields: formFields(options),
      kind: options.format ?? 'webp',
      output,
      maxAnswerBytes: config.maxAnswerBytes ?? defaultMaxAnswerBytes,
      signal,
      onUpload: listeners.onUploadProgress,
      onDownload: listeners.onDownloadProgress,
    });
  }

  return {
    removeBackground: remove,
    matte: (request) => remove({ ...request, options: { mask: true, format: 'png' } }),
    membership,
    probe,
    billingCycles: async (options) => {
      const answer = await membershipUsage(caller, account, accountUrl, { listBillingCycles: true }, options);
      return (answer as BillingCycles).billingCycles;
    },
    circuit: { state: caller.circuit.state, reset: caller.circuit.reset, adopt: caller.circuit.adopt },
    close: async () => {
      await Promise.all([api.close(), account.close()]);
    },
  };
}
