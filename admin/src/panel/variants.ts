import type { VariantView } from '../../../server/src/api/contracts';

const matteKey = 'cutout_matte';

function rank({ key }: VariantView): number {
  if (key === 'cutout') return 0;
  return key === matteKey ? 2 : 1;
}

/** The default cutout first, then the other presets by name, the mask last. */
export function sortVariants(variants: readonly VariantView[]): VariantView[] {
  return [...variants].sort((a, b) => rank(a) - rank(b) || a.key.localeCompare(b.key));
}

/** The cutout to show; a mask alone is none. */
export function previewOf(variants: readonly VariantView[]): VariantView | undefined {
  return sortVariants(variants).find(({ key }) => key !== matteKey);
}

export type VariantKind = { kind: 'cutout' | 'matte' } | { kind: 'preset'; name: string };

export function kindOf({ key }: VariantView): VariantKind {
  if (key === 'cutout') return { kind: 'cutout' };
  return key === matteKey ? { kind: 'matte' } : { kind: 'preset', name: key.replace(/^cutout_/, '') };
}
