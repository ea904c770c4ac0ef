import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { fileConditions } from '../../bulk/select';
import { SIGNED_BY, signedUrl } from '../../storage/provider';
import { JOB } from '../../tables/jobs';
import { paged } from '../content/paged';
import {
  type LibraryFile,
  type LibraryFiltersResponse,
  libraryQuery,
  type LibraryQuery,
  type LibraryResponse,
} from '../contracts';
import { type FileSearch, findFiles } from '../find-files';
import { answering, parseInput } from '../respond';
import { BULK, SETTINGS } from './permissions';
import { onlyReadable } from './readable';

const FILE = 'plugin::upload.file';

/** The media library's pictures by how their cutouts stand, for the page of cutouts. */
export const libraryController = ({ strapi }: { strapi: Core.Strapi }) => ({
  find: answering(async (ctx) => {
    const query = parseInput(libraryQuery, ctx.query, 'query');
    const readable = onlyReadable(strapi, ctx);
    const { folder, contentType, field, uploadedFrom, uploadedTo } = query;
    const matching = await fileConditions(strapi, { folder, contentType, field, uploadedFrom, uploadedTo });
    const search = searchOf(query, getApp(strapi).config.local.reviewBelow);
    const { ids, total } = await findFiles(strapi, {
      ...search,
      narrow(files) {
        search.narrow?.(files);
        matching(files);
        readable(files);
      },
    });
    ctx.body = paged(await readFiles(strapi, ids), total, search.pagination) satisfies LibraryResponse;
  }),

  filters: answering(async (ctx) => {
    const ability = ctx.state.userAbility as { can(action: string): boolean };
    const folders = [BULK, SETTINGS, 'plugin::upload.read'].some((action) => ability.can(action))
      ? await folderPaths(strapi)
      : [];
    ctx.body = {
      data: { fields: imageFields(strapi), folders, reasons: await knownReasons(strapi) },
    } satisfies LibraryFiltersResponse;
  }),
});

type Status = FileSearch['filters']['status'];

function searchOf(query: LibraryQuery, reviewBelow: number | null): FileSearch {
  const { page, pageSize, state, engine, below, stale, _q: part } = query;
  const [column, order] = query.sort.split(':') as [FileSearch['sort']['column'], 'asc' | 'desc'];
  const filters: FileSearch['filters'] = {};
  if (state === 'ready' || state === 'review') filters.doubtful = { is: state === 'review', below: reviewBelow };
  if (state) filters.status = statusOf[state] ?? ([state] as Status);
  if (engine) filters.engine = [engine];
  if (below !== undefined) filters.confidence = { $lt: below };
  if (stale) filters.stale = true;
  return {
    pagination: { page, pageSize },
    sort: { column, order },
    filters,
    narrow(files) {
      if (part) files.whereRaw("lower(f.name) like lower(?) escape '!'", [`%${part.replace(/[!%_]/g, '!$&')}%`]);
    },
  };
}

const statusOf: Partial<Record<NonNullable<LibraryQuery['state']>, Status>> = {
  review: ['ready'],
  waiting: ['waiting', 'queued'],
};

interface Row extends Omit<LibraryFile, 'updatedAt' | 'isUrlSigned' | 'formats'> {
  updatedAt: Date | string | number;
  formats: Record<string, { url: string }> | null;
}

/** In the order of their ids. */
async function readFiles(strapi: Core.Strapi, ids: number[]): Promise<LibraryFile[]> {
  const select = ['id', 'ext', 'formats', 'updatedAt', ...SIGNED_BY];
  const rows = (await strapi.db.query(FILE).findMany({ select, where: { id: { $in: ids } } })) as Row[];
  const files = new Map(rows.map((row) => [row.id, row]));
  return Promise.all(ids.flatMap((id) => files.get(id) ?? []).map((file) => toFile(strapi, file)));
}

async function toFile(strapi: Core.Strapi, file: Row): Promise<LibraryFile> {
  const { id, name, mime, ext, hash, formats } = file;
  const address = (stored: { url: string }) => signedUrl(strapi, stored).catch(() => stored.url);
  const url = await address(file);
  const thumbnail = formats?.thumbnail ? { url: await address(formats.thumbnail) } : null;
  return {
    ...{ id, name, mime, ext, hash, url },
    updatedAt: new Date(file.updatedAt).toISOString(),
    isUrlSigned: url !== file.url,
    formats: thumbnail && { thumbnail },
  };
}

interface Model {
  uid: string;
  info: { displayName?: string };
  attributes: Record<string, { type: string; allowedTypes?: readonly string[] | null }>;
}

function imageFields(strapi: Core.Strapi): LibraryFiltersResponse['data']['fields'] {
  const models = [...Object.values(strapi.contentTypes), ...Object.values(strapi.components)] as unknown as Model[];
  return models.flatMap(({ uid, info, attributes }) =>
    Object.entries(attributes)
      .filter(([, { type, allowedTypes }]) => type === 'media' && takesImages(allowedTypes))
      .map(([field]) => ({ contentType: uid, name: info.displayName ?? uid, field })),
  );
}

const takesImages = (types: readonly string[] | null | undefined): boolean =>
  !types?.length || types.includes('images');

interface Folder {
  name: string;
  children: Folder[];
}

/** Each by the names that lead to it, a folder before those in it. */
async function folderPaths(strapi: Core.Strapi): Promise<string[]> {
  const below = (folders: Folder[], above: string): string[] =>
    folders.flatMap(({ name, children }) => [`${above}/${name}`, ...below(children, `${above}/${name}`)]);
  const folders: { getStructure(): Promise<Folder[]> } = strapi.plugin('upload').service('folder');
  return below(await folders.getStructure(), '');
}

async function knownReasons(strapi: Core.Strapi): Promise<LibraryFiltersResponse['data']['reasons']> {
  // Strapi's query builder does not group.
  const rows = await strapi.db
    .getConnection(strapi.db.metadata.get(JOB).tableName)
    .whereIn('state', ['failed', 'skipped'])
    .whereNotNull('reason_code')
    .groupBy('state', 'reason_code')
    .orderBy(['state', 'reason_code'])
    .select<LibraryFiltersResponse['data']['reasons']>('state', 'reason_code as code');
  return rows.map(({ state, code }) => ({ state, code }));
}
