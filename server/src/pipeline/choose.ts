import type { EngineId, EngineName, FailureKind } from '../words';
import type { Config } from '../config/schema';
import { CutoutError, type ErrorCode } from '../errors';

const accountCodes: ErrorCode[] = [
  'remote.invalid-key',
  'remote.email-not-verified',
  'remote.forbidden',
  'remote.key-and-token',
  'remote.not-configured',
];
const limitCodes: ErrorCode[] = [
  'remote.daily-limit',
  'remote.monthly-limit',
  'budget.reached',
  'budget.bulk',
  'budget.reserve',
  'budget.balance-unknown',
];

/** What was, or may have been, paid for without a picture to show: only a person may have it paid for again. */
const unknownCodes: ErrorCode[] = ['remote.outcome-unknown', 'remote.picture-lost', 'matte.damaged'];

/** The kind of an engine's failure; null for what no other engine would do better: the picture itself, the store. */
export function failureKind(error: unknown): FailureKind | null {
  if (!(error instanceof CutoutError) || error.code === 'remote.in-flight') return null;
  const { code, status } = error;
  if (accountCodes.includes(code)) return 'account';
  if (limitCodes.includes(code)) return 'limit';
  if (unknownCodes.includes(code)) return 'unknown';
  if (code.startsWith('remote.')) return status === 400 ? 'refused' : 'unavailable';
  return code.startsWith('model.') || code.startsWith('worker.') ? 'model' : null;
}

export type ChoiceSettings = Pick<Config, 'auto'> & { remote: { budget: Pick<Config['remote']['budget'], 'atLimit'> } };

/** The engines in the order they are tried. */
export function enginesFor(
  asked: EngineName,
  { auto }: ChoiceSettings,
  remoteConfigured: boolean,
): [EngineId, ...EngineId[]] {
  if (asked !== 'auto') return [asked];
  if (!remoteConfigured) return ['local'];
  return auto.prefer === 'local' ? ['local', 'remote'] : ['remote', 'local'];
}

/** The engine that takes over after `failed` failed, if any may. */
export function fallbackFor(
  asked: EngineName,
  failed: EngineId,
  error: unknown,
  settings: ChoiceSettings,
): EngineId | null {
  const kind = failureKind(error);
  if (kind === null) return null;
  const other = failed === 'local' ? 'remote' : 'local';
  if (asked === 'auto') return settings.auto.fallbackOn.includes(kind) ? other : null;
  return asked === 'remote' && kind === 'limit' && settings.remote.budget.atLimit === 'local' ? 'local' : null;
}

/** Whether a local matte is so unsure that `auto` has the remote engine make it anew. */
export function escalates(asked: EngineName, made: EngineId, confidence: number, { auto }: ChoiceSettings): boolean {
  return asked === 'auto' && made === 'local' && auto.escalateBelow !== null && confidence < auto.escalateBelow;
}
