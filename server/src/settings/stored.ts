import type { Core } from '@strapi/strapi';
import { z } from 'zod';
import { CutoutError } from '../errors';
import { ensureLock, lockRow } from '../locks';
import { settingKey, type SettingKey } from '../settings-words';
import { inTransaction } from '../transaction';

/** What was set in the admin, as it stands in Strapi's store. */
const stored = z.object({
  /** Counts up with every change; 0 before the first. */
  version: z.int().min(0),
  values: z.partialRecord(settingKey, z.unknown()),
  /** Options by the preset's name, as `config/plugins` would have them. */
  presets: z.record(z.string(), z.unknown()).default({}),
  /** As in `config/plugins`; a rule for everything is left out where there is none. */
  rules: z
    .object({ everything: z.unknown().optional(), folders: z.record(z.string(), z.unknown()).default({}) })
    .prefault({}),
  /** Encrypted by Strapi's own service; see settings/api-key. */
  apiKey: z
    .object({
      encrypted: z.string(),
      /** Names the key without telling it. */
      print: z.string(),
      /** Its last letters; none of a short one. */
      end: z.string(),
    })
    .nullable(),
});
export type Stored = z.output<typeof stored>;

const PLACE = { type: 'plugin', name: 'cutout', key: 'settings' } as const;
const CREDITS = 'remote.budget.credits' satisfies SettingKey;
const LOCK_NAME = 'settings';
const NOTHING: Stored = { version: 0, values: {}, presets: {}, rules: { folders: {} }, apiKey: null };

/** What could not be read: the values, and a budget with them, or something else. */
export type Loss = 'budget' | 'other';

/** As far as it can be read, and the rest counts as nothing: it must not keep Strapi from starting. */
export async function readStored(strapi: Core.Strapi): Promise<Stored> {
  return (await readWithLoss(strapi)).stored;
}

export async function readWithLoss(strapi: Core.Strapi): Promise<{ stored: Stored; loss: Loss | null }> {
  const raw: unknown = await strapi.store.get(PLACE);
  if (raw === null || raw === undefined) return { stored: NOTHING, loss: null };
  const whole = stored.safeParse(raw).data;
  return whole ? { stored: whole, loss: null } : salvaged(raw);
}

/**
 * Each part by itself. Nobody knows whether values that are lost had a limit among them, so nothing is to be spent until
 * somebody sets one again.
 */
export function salvaged(raw: unknown): { stored: Stored; loss: Loss } {
  const part = <T>(name: keyof Stored, schema: z.ZodType<T>, otherwise: T): T =>
    schema.safeParse((raw as Partial<Record<string, unknown>> | null)?.[name]).data ?? otherwise;
  const { version, presets, rules, apiKey } = stored.shape;
  const values = part('values', z.record(z.string(), z.unknown()).nullable(), null);
  const known = settingKey.options.filter((key) => values && Object.hasOwn(values, key));
  return {
    loss: values ? 'other' : 'budget',
    stored: {
      version: part('version', version, 0),
      values: values ? Object.fromEntries(known.map((key) => [key, values[key]])) : { [CREDITS]: 0 },
      presets: part('presets', presets, {}),
      rules: part('rules', rules, NOTHING.rules),
      apiKey: part('apiKey', apiKey, null),
    },
  };
}

/**
 * Changes what is stored, one change at a time on all nodes.
 * @param version that whoever changes it has seen
 * @throws CutoutError `settings.changed` where somebody else was faster
 */
export async function changeStored(
  strapi: Core.Strapi,
  version: number,
  change: (before: Stored) => Omit<Stored, 'version'>,
): Promise<Stored> {
  await ensureLock(strapi, LOCK_NAME);
  return inTransaction(strapi, async () => {
    await lockRow(strapi, LOCK_NAME);
    const before = await readStored(strapi);
    if (before.version !== version)
      throw new CutoutError('settings.changed', 'Somebody else has changed the settings meanwhile.');
    const value: Stored = { ...change(before), version: before.version + 1 };
    await strapi.store.set({ ...PLACE, value });
    return value;
  });
}
