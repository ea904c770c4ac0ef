import type { CutoutApp } from '../app';
import { elapsed } from '../clock';
import type { ErrorCode } from '../errors';
import { createAccountWatch, MONEY_CODES } from '../usage/watch';

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
/** Nobody has to look after these: another job's end, or a restart, is what they wait for. */
const UNWATCHED: string[] = ['remote.in-flight', 'remote.not-configured'] satisfies ErrorCode[];
const SCOUT_EVERY_MS = 60_000;

export interface Watch {
  tick(): Promise<void>;
}

/**
 * Looks after jobs that wait for a reason to pass. Money and key: the account tells. The model: it is looked for. Of
 * all else, one job a minute is sent ahead, and wakes the others if it gets through.
 */
export function createWatch({ waiting, windows, service, localModel, queue, clock }: CutoutApp): Watch {
  const wake = async (codes: readonly string[]) => {
    if ((await waiting.lookAgain(codes)) > 0) queue.wake();
  };
  const { now } = clock;
  const codesWaitedFor = async () => (await waiting.codes()) as Set<ErrorCode>;
  const account = service && createAccountWatch({ service, windows, wake, waiting: codesWaitedFor, now });
  let scoutedAt = -Infinity;

  const lookForModel = async (codes: Set<string>) => {
    if (!MODEL_CODES.some((code) => codes.has(code))) return;
    await localModel.load().catch(() => undefined);
    if (localModel.problem() === null) await wake(MODEL_CODES);
  };

  const scout = async (codes: Set<string>) => {
    if (elapsed(scoutedAt, now()) < SCOUT_EVERY_MS) return;
    scoutedAt = now();
    const watched = new Set<string>([...MONEY_CODES, ...MODEL_CODES, ...UNWATCHED]);
    await waiting.scout([...codes].filter((code) => !watched.has(code)));
    queue.wake();
  };

  return {
    async tick() {
      const codes = await waiting.codes();
      if (codes.size === 0) return;
      await account?.tick();
      await lookForModel(codes);
      await scout(codes);
    },
  };
}
