import { type CheckId, type CheckResult, type CheckState, checkState, type Fact } from '../doctor-words';

const NAMES: Record<CheckId, string> = {
  model: 'Model',
  runtime: 'ONNX Runtime',
  sharp: 'sharp',
  workers: 'Picture processes',
  queue: 'Queue',
  redis: 'Redis',
  memory: 'Memory',
  folders: 'Folders',
  database: 'Database',
  clock: 'Clock',
  rounds: 'Regular work',
  nodes: 'Nodes',
  events: 'Events',
  settings: 'Settings',
  account: 'Rembg API',
  versions: 'Versions',
};

/** Problems first, in the order in which they matter; the rest as it was looked at. */
export const inOrder = <C extends { state: CheckState }>(checks: readonly C[]): C[] =>
  [...checks].sort((a, b) => checkState.options.indexOf(a.state) - checkState.options.indexOf(b.state));

/** The report as plain text, in English whatever the admin's language: it is for whoever helps. */
export function reportText(at: string, checks: readonly CheckResult[]): string {
  const lines = inOrder(checks).map(({ id, state, problem, facts }) => {
    const told = facts.map(({ name, ...fact }) => `${name} ${valueText(fact)}`).join(', ');
    return `[${state}] ${NAMES[id]}${problem ? ` (${problem})` : ''}${told ? `: ${told}` : ''}`;
  });
  return [`Cutout doctor, ${at}`, ...lines, ''].join('\n');
}

function valueText({ kind, value }: Pick<Fact, 'kind' | 'value'>): string {
  if (value === null) return 'unknown';
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  if (kind === 'bytes') return `${(value / 1e6).toFixed(1)} MB`;
  return kind === 'ms' ? `${Math.round(value)} ms` : String(value);
}
