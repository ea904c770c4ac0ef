import { createHash } from 'node:crypto';
import { composeOptions, type ComposeOptions } from './schema';

/** Raise it when the same options begin to mean other pixels: every stored variant is then made anew. */
const COMPOSE_REVISION = 1;

/**
 * Short name of what the options ask for: 16 hex digits, the same for every spelling and order of the same options.
 * Only what differs from the defaults counts, so that an option added later leaves old variants valid.
 */
export function optionsHash(options: ComposeOptions): string {
  const changed = Object.entries(changedOptions(options)).sort(([a], [b]) => (a < b ? -1 : 1));
  return createHash('sha256')
    .update(stable([COMPOSE_REVISION, changed]))
    .digest('hex')
    .slice(0, 16);
}

/** Those that differ from the defaults. */
export function changedOptions(options: ComposeOptions): Partial<ComposeOptions> {
  const defaults = composeOptions.parse({}) as Record<string, unknown>;
  const changed = Object.entries(options).filter(
    ([name, value]) => value !== undefined && stable(value) !== stable(defaults[name]),
  );
  return Object.fromEntries(changed);
}

/** JSON with sorted keys. */
function stable(value: unknown): string {
  return (
    JSON.stringify(value, (_key, inner: unknown) =>
      inner !== null && typeof inner === 'object' && !Array.isArray(inner)
        ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)))
        : inner,
    ) ?? 'undefined'
  );
}
