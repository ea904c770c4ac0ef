import { z } from 'zod';
import { staleCause } from '../../bulk-words';
import { assetState, engineId, engineName, jobSource, jobState, reason } from '../../words';

/** What `/api/cutout/…` takes and answers; docs/rest.md describes it. */

const isoTime = z.iso.datetime();

/** A stored picture. */
const picture = z.object({
  /** Signed where the upload provider is private. */
  url: z.string(),
  mime: z.string(),
  width: z.number(),
  height: z.number(),
  /** KB, as Strapi counts. */
  size: z.number(),
});

const variant = picture.extend({
  preset: z.string(),
  /** Key in the file's `formats`. */
  key: z.string(),
});

export const jobView = z.object({
  id: z.number(),
  fileId: z.number(),
  state: jobState,
  engine: engineName,
  presets: z.array(z.string()),
  source: jobSource,
  /** Why it waits, is held, or how it ended. */
  reason: reason.nullable(),
  attempts: z.number(),
  /** 0…1 of the transfer under way; null when nothing is transferred or its size is unknown. */
  progress: z.number().nullable(),
  /** When a waiting job is tried again. */
  retryAt: isoTime.nullable(),
  /** Wall-clock milliseconds, of a job that is done. */
  durationMs: z.number().nullable(),
  createdAt: isoTime,
  startedAt: isoTime.nullable(),
  finishedAt: isoTime.nullable(),
});
export type JobView = z.output<typeof jobView>;

export const fileView = z.object({
  id: z.number(),
  documentId: z.string(),
  name: z.string(),
  /** Of the original. */
  url: z.string(),
  mime: z.string().nullable(),
  width: z.number().nullable(),
  height: z.number().nullable(),
  status: assetState,
  reason: reason.nullable(),
  engine: engineId.nullable(),
  model: z.string().nullable(),
  /** 0…1, how sure the matte looks. */
  confidence: z.number().nullable(),
  /** A person should look at it: the matte is less sure than `local.reviewBelow`. */
  review: z.boolean(),
  /** The subject, in pixels of the original as it is shown (after EXIF orientation). */
  box: z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() }).nullable(),
  /** What of its variants was made otherwise than it would be made now. */
  stale: z.array(staleCause),
  variants: z.array(variant),
  matte: picture.nullable(),
  /** The newest. */
  job: jobView.nullable(),
});
export type FileView = z.output<typeof fileView>;

export const pagination = z.object({
  page: z.number(),
  pageSize: z.number(),
  pageCount: z.number(),
  total: z.number(),
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

export const MOST_PER_PAGE = 100;

const wholeNumber = (least: number, most: number) => z.coerce.number().int().min(least).max(most);
const pageQuery = z
  .strictObject({ page: wholeNumber(1, 1e9).default(1), pageSize: wholeNumber(1, MOST_PER_PAGE).default(25) })
  .prefault({});

/** `filters[status]=ready`, `filters[status][$eq]=ready` or `filters[status][$in][0]=ready`, as in Strapi's own API. */
const oneOf = <T extends z.ZodType>(item: T) => z.preprocess(listed, z.array(item).min(1).max(50).optional());

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
    .transform((text) => text.split(':'))
    .pipe(z.union([z.tuple([z.enum(columns)]), z.tuple([z.enum(columns), z.enum(['asc', 'desc'])])]))
    .transform(([column, order]) => ({ column, order: order ?? 'asc' }));

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
  filters: z.strictObject({ state: oneOf(jobState), fileId: oneOf(wholeNumber(1, 2 ** 31 - 1)) }).prefault({}),
});
export type JobQuery = z.output<typeof jobQuery>;

/** A file by its numeric id or its documentId. */
export const fileParam = z.union([
  z
    .string()
    .regex(/^\d{1,10}$/)
    .transform(Number),
  z.string().regex(/^[a-z0-9]{24}$/),
]);

const WAIT_MOST_S = 30;

/** Body of `POST files/:id/process`. */
export const processRequest = z.strictObject({
  /** Preset names; what the file's fields and rules want when left out. */
  presets: z.array(z.string().max(200)).min(1).max(100).optional(),
  /** As the file's fields and rules say when left out. `remote` and `auto` may cost a credit. */
  engine: engineName.optional(),
  /** Make it anew although nothing changed. May cost a credit. */
  force: z.boolean().optional(),
  /** Seconds to wait for its end before answering. */
  wait: z.number().min(0).max(WAIT_MOST_S).default(0),
});

/** Body of `POST jobs/:id/retry`. */
export const retryRequest = z.strictObject({
  /** Also what is held for a decision: it may cost a credit once more. */
  force: z.boolean().optional(),
});

export const variantQuery = z.strictObject({
  /** What to answer with while there is no variant. */
  fallback: z.literal('original').optional(),
});
