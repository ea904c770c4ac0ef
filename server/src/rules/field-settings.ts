import { z } from 'zod';
import { engineName, type FieldSettings } from '../words';

/** `pluginOptions.cutout` of a media attribute, as `schema.json` holds it. */
const schema = z.object({
  enabled: z
    .boolean()
    .nullish()
    .transform((value) => value ?? false),
  engine: engineName.nullish().transform((value) => value ?? undefined),
  presets: z
    .array(z.string())
    .nullish()
    .transform((value) => value ?? undefined),
  maxPixels: z
    .int()
    .positive()
    .nullish()
    .transform((value) => value ?? undefined),
});

export type FieldSettingsResult = { ok: true; settings: FieldSettings | null } | { ok: false; message: string };

export function parseFieldSettings(input: unknown): FieldSettingsResult {
  if (input === undefined || input === null) return { ok: true, settings: null };
  const result = schema.safeParse(input);
  if (result.success) {
    const { enabled, engine, presets, maxPixels } = result.data;
    const named = {
      ...(engine ? { engine } : {}),
      ...(presets ? { presets } : {}),
      ...(maxPixels ? { maxPixels } : {}),
    };
    return { ok: true, settings: { enabled, ...named } };
  }
  const [issue] = result.error.issues;
  return { ok: false, message: `${issue?.path.join('.') || 'cutout'}: ${issue?.message ?? 'not valid'}` };
}
