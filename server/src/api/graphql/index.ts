import { errors } from '@strapi/utils';
import type { Core } from '@strapi/strapi';
import { getApp } from '../../app';
import { CutoutError } from '../../errors';
import { JOB, type JobRow } from '../../tables/jobs';
import { deleteVariant, findFile, processFile, viewFile } from '../content/actions';
import { fileQuery, type FileView } from '../content/contracts';
import { findFiles } from '../find-files';
import { paged } from '../content/paged';
import { viewFiles, viewJob } from '../content/views';
import { parseInput } from '../respond';
import { createBatch } from './batch';
import { typeDefs } from './schema';

interface Extension {
  use(extension: object): void;
}

/** Adds cutouts to Strapi's GraphQL plugin, where an app has it. */
export function registerGraphql(strapi: Core.Strapi): void {
  const graphql = strapi.plugin('graphql') as { service(name: string): Extension } | undefined;
  graphql?.service('extension').use(() => ({ typeDefs, resolvers: resolversOf(strapi), resolversConfig }));
}

const scope = (action: string) => ({ auth: { scope: [`plugin::cutout.${action}`] } });

/** The permissions of the REST routes that do the same. */
const resolversConfig = {
  'UploadFile.cutout': scope('files.findOne'),
  'Query.cutoutFiles': scope('files.find'),
  'Query.cutoutJob': scope('jobs.findOne'),
  'Mutation.cutoutProcess': scope('files.process'),
  'Mutation.cutoutCancel': scope('jobs.cancel'),
  'Mutation.cutoutDelete': scope('variants.delete'),
};

function resolversOf(strapi: Core.Strapi) {
  const readOne = createBatch(strapi);
  const view = async (id: number) => toNode(await viewFile(strapi, id));

  return {
    UploadFile: {
      cutout: (file: { id: number | string }, _args: unknown, request: object) => readOne(request, Number(file.id)),
    },
    Cutout: {
      variant: ({ variants }: FileView, { preset }: { preset: string }) =>
        variants.find((variant) => variant.preset === preset) ?? null,
    },
    Query: {
      cutoutFiles: (_root: unknown, args: FilesArgs) =>
        told(async () => {
          const query = parseInput(fileQuery, queryOf(args), 'query');
          const { ids, total } = await findFiles(strapi, query);
          const { data, meta } = paged(await viewFiles(strapi, ids), total, query.pagination);
          return { nodes: data.map(toNode), pageInfo: meta.pagination };
        }),
      cutoutJob: async (_root: unknown, { id }: { id: number }) => {
        const job = (await strapi.db.query(JOB).findOne({ where: { id } })) as JobRow | null;
        return job && viewJob(job);
      },
    },
    Mutation: {
      cutoutProcess: (_root: unknown, { id, ...asked }: { id: string }) =>
        told(async () => {
          const file = await findFile(strapi, id);
          await processFile(strapi, file, withoutNulls(asked));
          return view(file.id);
        }),
      cutoutCancel: (_root: unknown, { id }: { id: string }) =>
        told(async () => {
          const file = await findFile(strapi, id);
          await getApp(strapi).cancel(file.id);
          return view(file.id);
        }),
      cutoutDelete: (_root: unknown, { id, preset }: { id: string; preset: string }) =>
        told(async () => {
          const file = await findFile(strapi, id);
          await deleteVariant(strapi, file, preset);
          return view(file.id);
        }),
    },
  };
}

/** A file's view has its cutout beside its own columns; the schema has it within. */
const toNode = (view: FileView) => ({ ...view, cutout: view });

interface FilesArgs {
  filters?: { confidence?: Record<string, number | null> | null; [name: string]: unknown } | null;
  page?: number | null;
  pageSize?: number | null;
  sort?: string | null;
}

/** As REST has it: one list of what is allowed, one set of messages. */
function queryOf({ filters, page, pageSize, sort }: FilesArgs): object {
  const { confidence, ...others } = withoutNulls(filters ?? {});
  const bounds = Object.entries(withoutNulls(confidence ?? {})).map(([name, value]) => [`$${name}`, value]);
  return withoutNulls({
    pagination: withoutNulls({ page, pageSize }),
    sort,
    filters: { ...others, ...(bounds.length > 0 ? { confidence: Object.fromEntries(bounds) as object } : {}) },
  });
}

const withoutNulls = <T extends object>(value: T): T =>
  Object.fromEntries(Object.entries(value).filter(([, one]) => one !== null && one !== undefined)) as T;

/** The plugin's refusals, as Strapi's GraphQL passes them on: sentence, and code in `extensions.error.details`. */
async function told<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof CutoutError)) throw error;
    throw new errors.ApplicationError(error.message, { code: error.code, issues: error.details ?? [] });
  }
}
