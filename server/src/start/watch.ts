import type { CutoutApp } from '../app';
import { elapsed } from '../clock';
import type { ErrorCode } from '../errors';
import type { Service } from '../usage/service';
import { type AccountWatch, createAccountWatch, MONEY_CODES } from '../usage/watch';

/** What waits for the model: found out by looking for it. */
const MODEL_CODES = [
  'model.missing',
  'model.corrupt',
  'model.unknown',
  'model.incompatible',
  'model.license',
  'model.cache',
  'model.unsupported-platform',
  'model.runtime-missing',
] satisfies ErrorCode[];
/** What waits for a key, which somebody sets in the admin or in the configuration. */
const KEY_CODES = ['remote.not-configured'] satisfies ErrorCode[];
/** Nobody has to look after these: another job's end is what they wait for. */
const UNWATCHED: string[] = ['remote.in-flight'] satisfies ErrorCode[];
const SCOUT_EVERY_MS = 60_000;

export interface Watch {
  tick(): Promise<void>;
}

/**
 * Looks after jobs that wait for a reason to pass. Money and key: the account tells. The model: it is looked for. Of
 * all else, one job a minute is sent ahead, and wakes the others if it gets through.
 */
export function createWatch(app: CutoutApp): Watch {
  const { waiting, windows, localModel, queue, clock } = app;
  const wake = async (codes: readonly string[]) => {
    if ((await waiting.lookAgain(codes)) > 0) queue.wake();
  };
  const { now } = clock;
  const codesWaitedFor = async () => (await waiting.codes()) as Set<ErrorCode>;
  let account: { service: Service; watch: AccountWatch } | null = null;
  let scoutedAt = -Infinity;

  /** Begins anew with another key: what was learnt of the account belonged to the last one. */
  const lookAtAccount = async (codes: Set<string>) => {
    const { service } = app;
    if (!service) return;
    if (account?.service !== service)
      account = { service, watch: createAccountWatch({ service, windows, wake, waiting: codesWaitedFor, now }) };
    if (KEY_CODES.some((code) => codes.has(code))) await wake(KEY_CODES);
    await account.watch.tick();
  };

  const lookForModel = async (codes: Set<string>) => {
    if (!MODEL_CODES.some((code) => codes.has(code))) return;
    await localModel.load().catch(() => undefined);
    if (localModel.problem() === null) await wake(MODEL_CODES);
  };

  const scout = async (codes: Set<string>) => {
    if (elapsed(scoutedAt, now()) < SCOUT_EVERY_MS) return;
    scoutedAt = now();
    const watched = new Set<string>([...MONEY_CODES, ...MODEL_CODES, ...KEY_CODES, ...UNWATCHED]);
    await waiting.scout([...codes].filter((code) => !watched.has(code)));
    queue.wake();
  };

  return {
    async tick() {
      const codes = await waiting.codes();
      if (codes.size === 0) return;
      await lookAtAccount(codes);
      await lookForModel(codes);
      await scout(codes);
    },
  };
}
