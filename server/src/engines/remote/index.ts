import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CutoutError, messageOf } from '../../errors';
import { baseUrl, checkedKey, defaultAccountUrl, defaultApiUrl } from './address';
import { createCaller } from './caller';
import { afterBalance, closed, type CircuitState } from './circuit';
import { createDispatcher } from './dispatcher';
import { NotConfiguredError } from './errors';
import { membershipUsage, spendable, type BillingCycles, type Membership, type MembershipQuery } from './membership';
import type { OnProgress } from './progress';
import type { PictureTarget, ReceivedPicture } from './receive-picture';
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
  /** Circuit state as it was kept, and who keeps it. */
  circuit?: CircuitState | undefined;
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
  membership(query?: MembershipQuery, options?: { signal?: AbortSignal }): Promise<Membership>;
  billingCycles(options?: { signal?: AbortSignal }): Promise<BillingCycles['billingCycles']>;
  circuit: { state(): CircuitState; reset(): void };
  /** Ends idle connections; calls under way finish first. */
  close(): Promise<void>;
}

/** 10000 × 10000 pixels of RGBA are 400 MB; encoded pictures stay well below this. */
const defaultMaxAnswerBytes = 256 * 1024 * 1024;
/** How long a paid call that met the monthly limit waits to learn when the cycle renews. */
const renewalMs = 5_000;

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
    circuit: config.circuit ?? closed,
    onCircuitChange: config.onCircuitChange ?? (() => undefined),
    renewsAt: config.asksRenewal === false ? async () => null : renewsAt,
    now,
    random: config.random ?? Math.random,
  });

  async function membership(query: MembershipQuery = {}, options: { signal?: AbortSignal; totalMs?: number } = {}) {
    const answer = (await membershipUsage(caller, account, accountUrl, query, options)) as Membership;
    const current = !('periodStartUnix' in query) && answer.billingCycle !== undefined;
    if (current) caller.update((state) => afterBalance(state, spendable(answer)));
    return answer;
  }

  async function renewsAt(): Promise<number | null> {
    const { billingCycle } = await membership({ expand: ['billing_cycle'] }, { totalMs: renewalMs });
    return billingCycle ? billingCycle.periodEndUnix * 1000 : null;
  }

  async function remove({
    path,
    name,
    options = {},
    output,
    signal,
    ...listeners
  }: RemoveRequest): Promise<ReceivedPicture> {
    const target: PictureTarget = output === undefined ? 'buffer' : { file: output };
    if (output !== undefined) await checkFolder(dirname(output));
    return removeBackground(caller, api, apiUrl, {
      source: typeof path === 'string' ? await fileSource(path, name) : bufferSource(path, name),
      fields: formFields(options),
      kind: options.format ?? 'webp',
      target,
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
    billingCycles: async (options) => {
      const answer = await membershipUsage(caller, account, accountUrl, { listBillingCycles: true }, options);
      return (answer as BillingCycles).billingCycles;
    },
    circuit: { state: caller.state, reset: caller.reset },
    close: async () => {
      await Promise.all([api.close(), account.close()]);
    },
  };
}

/** A picture that cannot be stored would still be paid for. */
async function checkFolder(folder: string): Promise<void> {
  await access(folder, constants.W_OK).catch((cause: unknown) => {
    throw new CutoutError('store.failed', `The folder for the picture is not writable: ${messageOf(cause)}`, { cause });
  });
}
