import type { Config } from '../config/schema';
import type { ErrorCode } from '../errors';
import type { Wants } from '../rules/wants';

interface Known {
  config: Config;
  wants: Wants | null;
}

const MIB = 1024 * 1024;
const MEGAPIXEL = 1e6;

/** By code: the limit that a reason is about, as it is now. */
const values: Partial<Record<ErrorCode, (known: Known) => Record<string, number | null>>> = {
  'source.too-large': ({ config }) => ({ megabytes: rounded(config.limits.maxBytes / MIB) }),
  'source.too-many-pixels': ({ config, wants }) => ({
    megapixels: rounded(Math.min(config.limits.maxPixels, wants?.maxPixels ?? Infinity) / MEGAPIXEL),
  }),
  'source.already-transparent': ({ config }) => ({
    percent: config.limits.transparencyThreshold === null ? null : rounded(config.limits.transparencyThreshold * 100),
  }),
  'worker.timeout': ({ config }) => ({ seconds: rounded(config.local.jobTimeoutMs / 1000) }),
  'budget.reached': ({ config }) => ({ credits: config.remote.budget.credits }),
  'budget.reserve': ({ config }) => ({ credits: config.remote.budget.reserve }),
};

/** What the admin's own sentence for a reason names; nothing where it names nothing. */
export function reasonValues(code: string | undefined, known: Known): Record<string, number> {
  const all = values[code as ErrorCode]?.(known) ?? {};
  return Object.fromEntries(Object.entries(all).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));
}

const rounded = (value: number): number => Math.round(value * 10) / 10;
