import { z } from 'zod';
import { staleCause } from '../../bulk-words';
import { assetState, effort, engineId, engineName, jobSource, jobState, reason } from '../../words';

/**
 * What `/api/cutout/…` takes and answers. Controllers read and answer by these schemas, and the OpenAPI document is made of
 * them, so a description here is what a caller reads; docs/rest.md tells the rest.
 */

/** The largest id that every database's columns hold. */
const MAX_ID = 2 ** 31 - 1;

const isoTime = z.iso.datetime();
const id = z.int().min(1);
const pixels = z.int().min(0);

export const picture = z.object({
  url: z.string().describe('Signed where the upload provider is private'),
  mime: z.string(),
  width: pixels,
  height: pixels,
  size: z.number().describe('KB, as Strapi counts'),
});

export const variant = picture.extend({
  preset: z.string(),
  key: z.string().describe("Key in the file's `formats`"),
});

export const jobView = z.object({
  id,
  fileId: id,
  state: jobState,
  engine: engineName,
  presets: z.array(z.string()),
  source: jobSource.describe('What caused it'),
  reason: reason.nullable().describe('Why it waits, is held, or how it ended'),
  attempts: z.int().min(0),
  progress: z
    .number()
    .nullable()
    .describe('0 to 1 of the transfer under way; null when nothing is transferred or its size is unknown'),
  retryAt: isoTime.nullable().describe('When a waiting job is tried again'),
  durationMs: z.number().nullable().describe('Wall-clock milliseconds, of a job that is done'),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
});
export type JobView = z.output<typeof jobView>;

export const fileView = z.object({
  id,
  documentId: z.string(),
  name: z.string(),
  url: z.string().describe('Of the original; signed where the upload provider is private'),
  mime: z.string().nullable(),
  width: pixels.nullable(),
  height: pixels.nullable(),
  status: assetState.describe(
    '`none`: nobody asked for a cutout. `waiting`: queued again for a reason that passes by itself. `held`: a person has to ' +
      'decide, and asks again with `force`.',
  ),
  reason: reason.nullable(),
  engine: engineId.nullable(),
  model: z.string().nullable(),
  confidence: z.number().nullable().describe('0 to 1, how sure the matte looks'),
  review: z.boolean().describe('A person should look at it: the matte is less sure than `local.reviewBelow`'),
  box: z
    .object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
    .nullable()
    .describe('The subject, in pixels of the original as it is shown (after EXIF orientation)'),
  stale: z.array(staleCause).describe('What of its variants was made otherwise than it would be made now'),
  variants: z.array(variant),
  matte: picture.nullable(),
  job: jobView.nullable().describe('The newest'),
});
export type FileView = z.output<typeof fileView>;

/** Where a picture is under way: 202 of `GET files/:id/variants/:preset` and `GET files/:id/render`. */
export const variantUnderWay = z.object({
  data: z.object({
    id,
    preset: z.string().nullable(),
    status: assetState,
    reason: reason.nullable(),
    retryAt: isoTime.nullable(),
  }),
});
export type VariantUnderWay = z.output<typeof variantUnderWay>;

export const pagination = z.object({
  page: z.int().min(1),
  pageSize: z.int().min(1),
  pageCount: z.int().min(0),
  total: z.int().min(0),
});
const pageOf = <T extends z.ZodType>(item: T) => z.object({ data: z.array(item), meta: z.object({ pagination }) });

export const fileResponse = z.object({ data: fileView });
export const fileListResponse = pageOf(fileView);
export const jobResponse = z.object({ data: jobView });
export const jobListResponse = pageOf(jobView);
export type FileResponse = z.output<typeof fileResponse>;
export type FileListResponse = z.output<typeof fileListResponse>;
export type JobResponse = z.output<typeof jobResponse>;
export type JobListResponse = z.output<typeof jobListResponse>;

const MOST_PER_PAGE = 100;

const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const pageQuery = z
  .strictObject({ page: wholeNumber(1, 1e9).default(1), pageSize: wholeNumber(1, MOST_PER_PAGE).default(25) })
  .prefault({});

/** `filters[status]=ready`, `filters[status][$eq]=ready` or `filters[status][$in][0]=ready`, as in Strapi's own API. */
const oneOf = <T extends z.ZodType>(item: T) =>
  z.preprocess(listed, z.array(item).min(1).max(50).optional()).describe('Any of these; also as `[$eq]` or `[$in][0]`');

const listed = (value: unknown): unknown => {
  const named = z.union([z.strictObject({ $eq: z.unknown() }), z.strictObject({ $in: z.array(z.unknown()) })]);
  const { data } = named.safeParse(value);
  if (data) return '$in' in data ? data.$in : [data.$eq];
  return value === undefined || Array.isArray(value) ? value : [value];
};

const share = z.coerce.number().min(0).max(1);
const flag = z.union([
  z.boolean(),
  z.enum(['true', 'false', '1', '0']).transform((word) => word === 'true' || word === '1'),
]);

const sortBy = <T extends string>(columns: readonly [T, ...T[]]) =>
  z
    .string()
    .regex(new RegExp(`^(?:${columns.join('|')})(?::(?:asc|desc))?$`))
    .transform((text) => {
      const [column, order = 'asc'] = text.split(':');
      return { column: column as T, order: order as 'asc' | 'desc' };
    });

export const fileQuery = z.strictObject({
  pagination: pageQuery,
  sort: sortBy(['id', 'name', 'createdAt', 'updatedAt']).default({ column: 'id', order: 'desc' }),
  filters: z
    .strictObject({
      status: oneOf(assetState),
      engine: oneOf(engineId),
      confidence: z
        .strictObject({ $lt: share.optional(), $lte: share.optional(), $gt: share.optional(), $gte: share.optional() })
        .optional(),
      stale: flag.optional(),
    })
    .prefault({}),
});
export type FileQuery = z.output<typeof fileQuery>;

export const jobQuery = z.strictObject({
  pagination: pageQuery,
  sort: sortBy(['id']).default({ column: 'id', order: 'desc' }),
  filters: z.strictObject({ state: oneOf(jobState), fileId: oneOf(wholeNumber(1, MAX_ID)) }).prefault({}),
});
export type JobQuery = z.output<typeof jobQuery>;

/** As a client of `GET events` names it: a job that is queued for a reason waits. */
const toldState = z.enum([...jobState.options, 'waiting']);
const eventFilters = { fileId: oneOf(wholeNumber(1, MAX_ID)), state: oneOf(toldState) };

/** `fileId=7` and `filters[fileId]=7` mean the same, and so do those of `state`. */
export const eventParams = z.strictObject({ ...eventFilters, filters: z.strictObject(eventFilters).prefault({}) });
export const eventQuery = eventParams.transform(({ filters, ...plain }) => ({
  fileId: filters.fileId ?? plain.fileId,
  state: filters.state ?? plain.state,
}));

/** The header `Last-Event-ID`: milliseconds since the epoch, by the clock of the database. */
export const lastEventId = z.coerce.number('expected the id of an event').int().min(0).nullable();

/** The data of an event `progress` of `GET events`; that of an event `job` is a job's view. */
export const progressView = jobView.pick({ id: true, fileId: true }).extend({ progress: z.number() });
export type ProgressView = z.output<typeof progressView>;

/** A file by its numeric id or its documentId. */
export const fileParam = z
  .union([
    z
      .string()
      .regex(/^\d{1,10}$/)
      .transform(Number)
      .pipe(z.number().max(MAX_ID)),
    z.string().regex(/^[a-z0-9]{24}$/),
  ])
  .describe('Numeric id or documentId of the file');
export const presetParam = z.string().describe("Name of one of the configuration's presets");
export const jobParams = z.object({ id: wholeNumber(1, MAX_ID) });

const WAIT_MOST_S = 30;

/** Body of `POST files/:id/process`. */
export const processRequest = z.strictObject({
  presets: z
    .array(z.string().max(200))
    .min(1)
    .max(100)
    .optional()
    .describe("Preset names; what the file's fields and rules want when left out"),
  engine: engineName
    .optional()
    .describe("As the file's fields and rules say when left out. `remote` and `auto` may cost a credit"),
  effort: effort
    .optional()
    .describe(
      "Of the local engine's matte; as the configuration says when left out. A matte of less effort is made anew",
    ),
  force: z.boolean().optional().describe('Make it anew although nothing changed. May cost a credit'),
  wait: z.number().min(0).max(WAIT_MOST_S).default(0).describe('Seconds to wait for its end before answering'),
});

/** Body of `POST jobs/:id/retry`. */
export const retryRequest = z.strictObject({
  force: z.boolean().optional().describe('Also what is held for a decision: it may cost a credit once more'),
});

export const variantQuery = z.strictObject({
  fallback: z.literal('original').optional().describe('What to lead to while there is no variant'),
});

const issue = z.object({ field: z.string(), message: z.string() });

/** Every refusal, in Strapi's form. Strapi's own have no `code`, and some of them no details. */
export const errorResponse = z.object({
  data: z.null(),
  error: z.object({
    status: z.int(),
    name: z.string(),
    message: z.string(),
    details: z
      .looseObject({
        code: z.string().optional(),
        issues: z.array(issue).optional().describe('Each field that was refused'),
      })
      .optional(),
  }),
});
export type ErrorResponse = z.output<typeof errorResponse>;
