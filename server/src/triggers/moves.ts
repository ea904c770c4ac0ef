import type { Core } from '@strapi/strapi';
import { z } from 'zod';
import { findApp } from '../app';
import { guarded } from './guard';

type Action = (ctx: MoveContext, next?: () => Promise<unknown>) => Promise<unknown>;

interface MoveContext {
  request: { body?: unknown };
}

const moveBody = z.object({ fileIds: z.array(z.number()).default([]), folderIds: z.array(z.number()).default([]) });

/**
 * Plans what was moved in the media library: a folder's rule holds for what comes into it, and Strapi moves assets past
 * every lifecycle and event. Called in `register`, before Strapi has read the controllers for its routes.
 */
export function watchMoves(strapi: Core.Strapi): void {
  strapi.get('controllers').extend('plugin::upload.admin-folder-file', (controller: { moveMany: Action }) => ({
    ...controller,
    async moveMany(ctx: MoveContext, next?: () => Promise<unknown>) {
      await controller.moveMany(ctx, next);
      await guarded(strapi, 'a move', () => planMoved(strapi, ctx.request.body));
    },
  }));
}

async function planMoved(strapi: Core.Strapi, body: unknown): Promise<void> {
  const app = findApp(strapi);
  const moved = moveBody.safeParse(body);
  if (!app || !moved.success || Object.keys(app.config.rules.folders).length === 0) return;
  const { fileIds, folderIds } = moved.data;
  for (const fileId of fileIds) await app.looks.add(fileId, { source: 'upload' });
  const folders = (await strapi.db
    .query('plugin::upload.folder')
    .findMany({ select: ['path'], where: { id: { $in: folderIds } } })) as { path: string }[];
  for (const { path } of folders) {
    for await (const fileId of filesBelow(strapi, path)) await app.looks.add(fileId, { source: 'upload' });
  }
}

const PAGE = 500;

async function* filesBelow(strapi: Core.Strapi, path: string): AsyncGenerator<number> {
  for (let after = 0; ;) {
    const where = { id: { $gt: after }, $or: [{ folderPath: path }, { folderPath: { $startsWith: `${path}/` } }] };
    const page = (await strapi.db
      .query('plugin::upload.file')
      .findMany({ select: ['id'], where, orderBy: { id: 'asc' }, limit: PAGE })) as { id: number }[];
    for (const { id } of page) yield (after = id);
    if (page.length < PAGE) return;
  }
}
