import { z } from 'zod';
import type { ComposeOptions } from '../options';
import { effort, engineId } from '../words';

/** What the editor and this server say to each other; `contracts.ts` hands it on. */

const isoTime = z.iso.datetime();

const changed = z.custom<Partial<ComposeOptions>>((value) => typeof value === 'object' && value !== null);

/** Answer of `GET /cutout/assets/:id/editor`, whose `:id` may be a documentId too: what the editor begins with. */
export const editorResponse = z.object({
  data: z.object({
    fileId: z.number(),
    name: z.string(),
    /** Of the oriented original, and so of the matte. */
    width: z.number(),
    height: z.number(),
    /** Each preset of the configuration and which of its variants the asset has. */
    presets: z.array(
      z.object({
        name: z.string(),
        /** What it names beside the defaults. */
        options: changed,
        /** The same of this image's own options, which stand in place of the preset's; null where it has none. */
        own: changed.nullable(),
        /** `older`: made while other options held; null where there is none. */
        made: z.enum(['current', 'older']).nullable(),
      }),
    ),
    /** Where the matte came from. */
    provenance: z.object({
      engine: engineId,
      model: z.string(),
      /** Of the model's card; null for the service's models, and for one that is not known here any more. */
      license: z.object({ id: z.string(), url: z.string() }).nullable(),
      /** Null for `balanced`, and for the service's. */
      effort: effort.nullable(),
      /** SHA-256 of the original's bytes. */
      source: z.string(),
      /** When the engine made it, and when a person corrected that; null where it is not known, or was not. */
      madeAt: isoTime.nullable(),
      correctedAt: isoTime.nullable(),
      /** What was paid for it. */
      credits: z.number(),
    }),
  }),
});
export type EditorResponse = z.output<typeof editorResponse>;
export type { ComposeOptions };
