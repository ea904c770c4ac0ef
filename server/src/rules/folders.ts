import type { Core } from '@strapi/strapi';

interface FolderRow {
  name: string;
  pathId: number;
}

/** Of each path as the database keeps it, `/1/7`, the one that people see: `/Products/Shoes`; `/` at the top. */
export async function folderNames(
  strapi: Core.Strapi,
  folderPaths: readonly (string | null | undefined)[],
): Promise<(path: string | null | undefined) => string> {
  const pathIds = [...new Set(folderPaths.flatMap(idsOf))];
  const folders =
    pathIds.length === 0
      ? []
      : ((await strapi.db
          .query('plugin::upload.folder')
          .findMany({ select: ['name', 'pathId'], where: { pathId: { $in: pathIds } } })) as FolderRow[]);
  const names = new Map(folders.map((folder) => [folder.pathId, folder.name]));
  return (path) =>
    idsOf(path)
      .map((pathId) => `/${names.get(pathId) ?? pathId}`)
      .join('') || '/';
}

const idsOf = (path: string | null | undefined): number[] => (path ?? '').split('/').filter(Boolean).map(Number);
