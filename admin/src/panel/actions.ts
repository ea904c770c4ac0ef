import type { AssetView, OverviewResponse, RunRequest } from '../../../server/src/api/contracts';
import type { TextKey } from '../translations/words';

/** A button that has a cutout made: what it says, what it costs, and what it asks for. */
export interface RunAction {
  label: TextKey;
  cost?: Cost;
  request: RunRequest;
}

export type Cost =
  | { kind: 'credit'; left: number | null }
  | { kind: 'paid' }
  /** `seconds`: what it takes about; null where nobody knows yet. */
  | { kind: 'free'; seconds: number | null };

export type Engines = OverviewResponse['data']['engines'];

/** An empty request asks for what the fields and rules want; the server knows that better than an unsaved form. */
const asWanted: RunRequest = {};
/** What is there already is made anew, and what is held is decided, only when a person insists. */
const anew: RunRequest = { force: true };
const here: RunAction = { label: 'panel.run.local', request: { engine: 'local' } };

/** The picture itself is the reason: no run would end otherwise. */
const endings: readonly string[] = [
  'source.svg',
  'source.animated',
  'source.unsupported',
  'source.already-transparent',
  'source.not-an-image',
  'source.empty',
  'source.truncated',
  'source.too-large',
  'source.too-many-pixels',
  'asset.missing',
];
/** The local engine makes nothing else of it a second time; the other one may. */
const noSubject = 'matte.no-subject';

/** Waits for the account or its credits, which another engine does not need. */
const ofAccount =
  /^(budget\.|remote\.(invalid-key|forbidden|email-not-verified|key-and-token|not-configured|.*-limit)$)/;

type Known = Pick<AssetView, 'state' | 'reason' | 'stale' | 'variants' | 'may' | 'engine' | 'corrected'>;

const isFinal = ({ state, reason }: Known): boolean =>
  (state === 'skipped' || state === 'failed') && reason !== null && endings.includes(reason.code);

/** The one button for an asset's state; null where nothing would come of it, or this person may not press it. */
export function runAction(view: Known, engines: Engines | undefined): RunAction | null {
  const { state, reason, may, stale, variants } = view;
  if (state === 'queued' || state === 'running' || isFinal(view)) return null;
  if (state === 'ready' && variants.length > 0) {
    // A plain run makes what other options or another engine are wanted for; a newer model takes a forced one.
    const isPlain = stale.every((cause) => cause === 'options' || cause === 'engine');
    if (stale.length === 0 || !(isPlain ? may.run : may.force)) return null;
    return { label: 'panel.run.renew', request: isPlain ? asWanted : anew };
  }
  if (state === 'waiting' && ofAccount.test(reason?.code ?? '')) {
    return may.local && engines && !engines.local.problem ? here : null;
  }
  if (state === 'skipped' && reason?.code === noSubject) return null;
  if (state === 'held') return may.force ? { label: 'panel.run.retry', request: anew } : null;
  if (!may.run) return null;
  const isRetry = state === 'failed' || state === 'waiting';
  return { label: isRetry ? 'panel.run.retry' : 'panel.run', request: asWanted };
}

/** The button for the engine that did not make this cutout, or that found nothing to cut out; with what it costs. */
export function otherEngine(view: Known & Pick<AssetView, 'remoteCredits'>, engines: Engines | undefined) {
  const { state, reason, may, engine, corrected } = view;
  const isOver = state === 'ready' || (state === 'skipped' && reason?.code === noSubject);
  if (!engines || !isOver || corrected || engine === null) return null;
  return engine === 'local' ? byRemote(view, engines, may.remote) : byLocal(engines, may.local);
}

function byRemote({ remoteCredits }: Pick<AssetView, 'remoteCredits'>, { remote }: Engines, may: boolean) {
  if (!may || !remote.configured) return null;
  const cost: Cost = remoteCredits === 0 ? { kind: 'paid' } : { kind: 'credit', left: remote.spendable };
  // With the account stopped, or nothing left to spend, it would only wait.
  if (cost.kind === 'credit' && (remote.problem || remote.spendable === 0)) return null;
  return { label: 'other.remote', cost, request: { engine: 'remote' } } satisfies RunAction;
}

function byLocal({ local }: Engines, may: boolean) {
  if (!may || local.problem) return null;
  const seconds = local.typicalMs === null ? null : Math.max(1, Math.round(local.typicalMs / 1000));
  return { label: 'other.local', cost: { kind: 'free', seconds }, request: { engine: 'local' } } satisfies RunAction;
}
