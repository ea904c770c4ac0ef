import type { Core } from '@strapi/strapi';
import type { Context } from 'koa';
import { CutoutError } from '../../errors';
import { removeManyRequest, runManyRequest } from '../contracts';
import { demandPresets } from '../ask';
import { answering, parseInput } from '../respond';
import { answerMany } from './answer-many';
import { createChanges } from './changes';
import { accessFiles, type FileAccess } from './rights';

/** The same change of many assets. Those that this person may not change so are named in `meta.forbidden`. */
export const manyController = ({ strapi }: { strapi: Core.Strapi }) => {
  const changes = createChanges(strapi);

  const changeEach = async (
    ctx: Context,
    ids: readonly number[],
    change: (access: FileAccess) => Promise<void>,
  ): Promise<void> => {
    const known = await accessFiles(strapi, ctx, ids);
    const changed = new Set<FileAccess>();
    for (const access of known.values()) {
      try {
        access.demand('edit');
        await change(access);
        changed.add(access);
      } catch (error) {
        if (!(error instanceof CutoutError) || error.code !== 'asset.forbidden') throw error;
      }
    }
    ctx.body = await answerMany(strapi, known, ids, (access) => changed.has(access));
  };

  return {
    run: answering(async (ctx) => {
      const { ids, ...request } = parseInput(runManyRequest, ctx.request.body ?? {}, 'body');
      demandPresets(strapi, request.presets ?? []);
      await changeEach(ctx, ids, (access) => changes.run(access, request));
    }),
    remove: answering(async (ctx) => {
      const { ids } = parseInput(removeManyRequest, ctx.request.body ?? {}, 'body');
      await changeEach(ctx, ids, changes.remove);
    }),
  };
};
