import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { parseInput } from '../respond';
import type { AskedFile } from '../ask';
import { z } from 'zod';
import { fileParam } from './contracts';

const params = z.object({ id: fileParam });

/**
 * The file that a route's `:id` names.
 * @throws CutoutError `asset.missing`
 */
export async function openFile(strapi: Core.Strapi, ctx: Context): Promise<AskedFile> {
  const { id } = parseInput(params, { id: ctx.params.id as string }, 'id');
  const where = typeof id === 'number' ? { id } : { documentId: id };
  const file = await strapi.db.query('plugin::upload.file').findOne({ select: ['id', 'folderPath'], where });
  if (!file) throw new CutoutError('asset.missing', `There is no asset ${id}.`);
  return file as AskedFile;
}
