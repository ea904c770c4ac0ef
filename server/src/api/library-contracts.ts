import { z } from 'zod';
import { bulkFilter } from '../bulk-words';
import { engineId } from '../words';

/** What the page of cutouts and this server say to each other; `contracts.ts` hands it on. */

const isoTime = z.iso.datetime();
const page = (most: number, usual: number) => z.coerce.number().int().min(1).max(most).default(usual);

/** How a picture stands, as its badge says it: what waits for its turn waits, and what is doubtful is not ready. */
export const shownState = z.enum([
  'none',
  'waiting',
  'running',
  'ready',
  'review',
  'held',
  'skipped',
  'failed',
  'cancelled',
]);
export type ShownState = z.output<typeof shownState>;

const { folder, contentType, field, uploadedFrom, uploadedTo } = bulkFilter.shape;
const usedBy = { folder, contentType, field, uploadedFrom, uploadedTo };

/** Query of `GET /cutout/library`. */
export const libraryQuery = z.strictObject({
  page: page(1e9, 1),
  pageSize: page(100, 20),
  sort: z
    .enum(['createdAt:desc', 'createdAt:asc', 'name:asc', 'name:desc', 'confidence:asc'])
    .default('createdAt:desc'),
  /** Part of its name. */
  _q: z.string().max(200).optional(),
  state: shownState.optional(),
  engine: engineId.optional(),
  /** Less sure than that, 0…1. */
  below: z.coerce.number().min(0).max(1).optional(),
  stale: z.literal('true').optional(),
  ...usedBy,
});
export type LibraryQuery = z.output<typeof libraryQuery>;
/** What the admin sends of it. */
export type LibrarySearch = Partial<Record<keyof LibraryQuery, string>>;

const libraryFile = z.object({
  id: z.number(),
  name: z.string(),
  url: z.string(),
  mime: z.string(),
  ext: z.string().nullable(),
  hash: z.string(),
  updatedAt: isoTime,
  isUrlSigned: z.boolean(),
  /** Of the original, Strapi's own small picture. */
  formats: z.object({ thumbnail: z.object({ url: z.string() }) }).nullable(),
});
export type LibraryFile = z.output<typeof libraryFile>;

/** Pictures that this person may see; how they stand `GET /cutout/assets?ids=…` tells. */
export const libraryResponse = z.object({
  data: z.array(libraryFile),
  meta: z.object({
    pagination: z.object({ page: z.number(), pageSize: z.number(), pageCount: z.number(), total: z.number() }),
  }),
});
export type LibraryResponse = z.output<typeof libraryResponse>;

/** `GET /cutout/library/filters`: what there is to choose from. */
export const libraryFiltersResponse = z.object({
  data: z.object({
    /** Media fields that take images; `contentType` is the uid of a content type or component. */
    fields: z.array(z.object({ contentType: z.string(), name: z.string(), field: z.string() })),
    /** Folders of the media library, as `/Products/Shoes`; none for who may neither see it, run over it nor set rules. */
    folders: z.array(z.string()),
    /** Why jobs failed or were skipped. */
    reasons: z.array(z.object({ state: z.enum(['failed', 'skipped']), code: z.string() })),
  }),
});
export type LibraryFiltersResponse = z.output<typeof libraryFiltersResponse>;
