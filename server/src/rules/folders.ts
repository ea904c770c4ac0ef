import type { Core } from '@strapi/strapi';

interface FolderRow {
  name: string;
  pathId: number;
}

/** `/1/7` as the database keeps it → `/Products/Shoes` as people see it; `/` at the top. */
export async function folderName(strapi: Core.Strapi, folderPath: string | null | undefined): Promise<string> {
  const pathIds = (folderPath ?? '/').split('/').filter(Boolean).map(Number);
  if (pathIds.length === 0) return '/';
  const folders = (await strapi.db
    .query('plugin::upload.folder')
    .findMany({ select: ['name', 'pathId'], where: { pathId: { $in: pathIds } } })) as FolderRow[];
  const names = new Map(folders.map((folder) => [folder.pathId, folder.name]));
  return pathIds.map((pathId) => `/${names.get(pathId) ?? pathId}`).join('');
}
