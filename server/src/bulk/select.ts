import type { Core, UID } from '@strapi/strapi';
import type { BulkFilter } from '../bulk-words';
import type { Formats } from '../assets/formats';
import { CutoutError } from '../errors';

/** What of a file's row a run goes by. */
export interface BulkFile {
  id: number;
  name: string;
  ext: string | null;
  mime: string | null;
  /** KB. */
  size: number | string | null;
  width: number | null;
  height: number | null;
  folderPath: string | null;
  formats: Formats | null;
}

type RawFile = Omit<BulkFile, 'formats'> & { formats: Formats | string | null };

/** The next files that match, by id, `limit` at most. */
export type SelectPage = (after: number, limit: number) => Promise<BulkFile[]>;

const FILE = 'plugin::upload.file';
const COLUMNS = ['id', 'name', 'ext', 'mime', 'size', 'width', 'height', 'formats'].map((name) => `f.${name}`);

/** A content type's entries: their table, and whether they have drafts. */
interface Users {
  uid: string;
  table: string;
}

type Query = ReturnType<Core.Strapi['db']['getConnection']>;

/**
 * What the database can say of a filter, as conditions on a query of the table of files, named `f`.
 * @throws CutoutError `options.invalid` for a folder or content type that does not exist
 */
export async function fileConditions(strapi: Core.Strapi, filter: BulkFilter): Promise<(query: Query) => void> {
  const knex = strapi.db.getConnection();
  const table = tables(strapi);
  const { joinTable } = strapi.db.metadata.get(FILE).attributes.related as unknown as { joinTable: { name: string } };
  const { contentType, field, status, uploadedFrom, uploadedTo, state, reason } = filter;
  const path = filter.folder === undefined ? null : await folderPath(strapi, filter.folder);
  const users = contentType === undefined && status === undefined ? null : usersOf(strapi, filter);

  return (query) => {
    if (path !== null) {
      void query.where((where) => {
        void where.where('f.folder_path', path).orWhere('f.folder_path', 'like', `${path}/%`);
      });
    }
    if (uploadedFrom !== undefined) void query.where('f.created_at', '>=', new Date(uploadedFrom));
    if (uploadedTo !== undefined) void query.where('f.created_at', '<', new Date(uploadedTo));
    if (state === 'failed' || state === 'skipped' || state === 'cancelled') {
      void query.whereExists((job) => {
        void job.select(knex.raw('1')).from(table('cutout_jobs', 'j')).whereRaw('j.file_id = f.id');
        void job.where('j.state', state);
        if (reason !== undefined) void job.where('j.reason_code', reason);
      });
    }
    if (users === null) return;
    void query.where((where) => {
      for (const { uid, table: entries } of users) {
        void where.orWhereExists((use) => {
          void use.select(knex.raw('1')).from(table(joinTable.name, 'm')).whereRaw('m.file_id = f.id');
          void use.where('m.related_type', uid);
          if (field !== undefined) void use.where('m.field', field);
          if (status === undefined) return;
          void use.join(table(entries, 'e'), 'e.id', 'm.related_id');
          if (status === 'draft') void use.whereNull('e.published_at');
          else void use.whereNotNull('e.published_at');
        });
      }
      if (users.length === 0) void where.whereRaw('1 = 0');
    });
  };
}

/**
 * Files that a filter may be about; how an asset stands is looked at page by page, see walk.ts.
 * @param only ids of the files that are looked at; all when left out
 */
export async function createSelect(
  strapi: Core.Strapi,
  filter: BulkFilter,
  only?: readonly number[],
): Promise<SelectPage> {
  const knex = strapi.db.getConnection();
  const narrow = await fileConditions(strapi, filter);
  return async (after, limit) => {
    const query = knex(tables(strapi)(strapi.db.metadata.get(FILE).tableName, 'f'))
      .select([...COLUMNS, 'f.folder_path as folderPath'])
      .where('f.id', '>', after);
    if (only) void query.whereIn('f.id', only);
    narrow(query);
    const rows = (await query.orderBy('f.id').limit(limit)) as RawFile[];
    // Some databases give JSON as it was written.
    return rows.map((row) => ({
      ...row,
      formats: typeof row.formats === 'string' ? (JSON.parse(row.formats) as Formats | null) : row.formats,
    }));
  };
}

const tables = (strapi: Core.Strapi) => (name: string, as: string) => tableAs(strapi, name, as);

/** A table by a short name, for a query that joins. */
export function tableAs(strapi: Core.Strapi, name: string, as: string): string {
  const schema = strapi.db.getSchemaName();
  return `${schema ? `${schema}.` : ''}${name} as ${as}`;
}

function usersOf(strapi: Core.Strapi, { contentType, field, status }: BulkFilter): Users[] {
  if (contentType === undefined) {
    return Object.values(strapi.contentTypes)
      .filter((type) => type.options?.draftAndPublish === true)
      .map((type) => ({ uid: type.uid, table: strapi.db.metadata.get(type.uid).tableName }));
  }
  const model = strapi.getModel(contentType as UID.Schema);
  if (!model)
    throw invalid('contentType', `expected the uid of a content type or component, received '${contentType}'`);
  const attribute = field === undefined ? null : (model.attributes as Record<string, { type: string }>)[field];
  if (attribute === undefined || (attribute && attribute.type !== 'media')) {
    throw invalid('field', `expected a media field of ${contentType}, received '${field}'`);
  }
  if (status !== undefined && model.modelType === 'component') {
    throw invalid('status', 'expected a content type with it: components have no status of their own');
  }
  return [{ uid: contentType, table: strapi.db.metadata.get(contentType).tableName }];
}

interface FolderRow {
  path: string;
}

/** From the names that people see to the path that the database keeps. */
async function folderPath(strapi: Core.Strapi, folder: string): Promise<string> {
  let path = '';
  for (const name of folder.split('/').slice(1)) {
    const where = { name, path: { $startsWith: `${path}/` } };
    const named = (await strapi.db.query('plugin::upload.folder').findMany({ select: ['path'], where })) as FolderRow[];
    const depth = path.split('/').length + 1;
    const inner = named.find((row) => row.path.split('/').length === depth);
    if (!inner) throw invalid('folder', `expected a folder of the media library, received '${folder}'`);
    path = inner.path;
  }
  return path;
}

const invalid = (field: string, message: string) =>
  new CutoutError('options.invalid', `filter.${field}: ${message}`, {
    details: [{ field: `filter.${field}`, message }],
  });
